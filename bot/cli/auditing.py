"""`audit`: how many of the closed issues would hold. It reads with a person's token, and writes nothing.

Exit codes: 0 all that could be checked holds, 1 some do not, 2 it could not be done to its end.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from bot.app import now
from bot.assessment.audit import Asked as Scope
from bot.assessment.audit import Audit, Entry, LeftOut, Standing, summed
from bot.assessment.audit_codec import NotAState, encode
from bot.assessment.audit_text import text
from bot.cli.assessing import policy_from, tools_of, ways_out, why_not
from bot.cli.audit_progress import Shown, shown
from bot.cli.audit_state import StateFile
from bot.cli.telling import told
from bot.commands.audit import Auditing, Auditor, not_asked
from bot.commands.measure import Instruments, rules_of
from bot.commands.request import Place
from bot.config.load import Broken, Loaded
from bot.egress.grants import Grants
from bot.egress.rules import UnsafeEgress
from bot.github.closures import Closure, Closures, is_completed
from bot.github.credentials import PersonToken, Secret
from bot.github.errors import GitHubError, RateLimited
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.github.models import IssueNumber, RepositoryRef, StateReason
from bot.probes.trees import Memory
from bot.settings import PersonSettings, SettingsError, environment, person_from_env
from bot.web.audit_page import audit_page

T = TypeVar("T")

ALL_HOLD, SOME_DO_NOT, NOT_DONE = 0, 1, 2
MARGIN = timedelta(seconds=1)  # clocks differ
_REPOSITORY = re.compile(r"(?:https?://[^/\s]+/)?(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command line's arguments."""

    repository: str
    since: str | None
    limit: int
    as_json: bool
    html: Path | None
    policy: Path | None
    resume: Path | None
    wait: bool


class Unfit(Exception):
    """It cannot be done as asked; the text says why and what to do, in one line."""


class Interrupted(Exception):
    """A limit is used up until then, and nobody wants to wait."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"GitHub: the limit is used up; ask again after {until:%H:%M:%S} UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The arguments, understood."""

    repository: RepositoryRef
    since: datetime | None
    asked: Asked
    policy: Loaded | None

    @property
    def state(self) -> Path:
        """Where it stands: beside the output, unless a file was named."""
        if self.asked.resume is not None:
            return self.asked.resume
        if self.asked.html is not None:
            return self.asked.html.with_suffix(".jsonl")
        return Path(f"audit-{self.repository.owner}-{self.repository.name}.jsonl")


def run(asked: Asked, out: Console, err: Console) -> int:
    """The exit code."""
    try:
        order = _understood(asked, err)
        settings = person_from_env(environment())
        return asyncio.run(_run(order, settings, out, err))
    except (Unfit, SettingsError) as error:
        err.print(str(error), markup=False, soft_wrap=True)
    except KeyboardInterrupt:
        err.print(f"stopped; go on with --resume {order.state}", markup=False, soft_wrap=True)
    return NOT_DONE


def _understood(asked: Asked, err: Console) -> Order:
    match = _REPOSITORY.match(asked.repository)
    if match is None:
        raise Unfit(f"{asked.repository!r} is no repository: write OWNER/REPO")
    since = moment(asked.since) if asked.since is not None else None
    policy = policy_from(asked.policy, err)
    if isinstance(policy, Broken):
        raise Unfit(f"{asked.policy}: it cannot be used")
    order = Order(
        repository=RepositoryRef(owner=match["owner"], name=match["name"]), since=since, asked=asked, policy=policy
    )
    if asked.resume is None and order.state.exists():
        raise Unfit(f"{order.state} is there: go on with it by --resume {order.state}, or delete it")
    return order


def moment(text: str) -> datetime:
    """A day, or a moment of one, in UTC where it names no zone. Raises `Unfit`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit(f"{text!r} is no day: write it as 2026-01-31") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


async def _run(order: Order, settings: PersonSettings, out: Console, err: Console) -> int:
    state = StateFile(order.state)
    try:
        audit = await _audited(order, settings, state, err)
    except (NotAState, OSError) as error:
        raise Unfit(f"{order.state}: {error}") from error
    except (UnsafeEgress, GitHubError) as error:
        raise Unfit("\n".join(why_not(error))) from error
    except Interrupted as error:
        raise Unfit(str(error)) from error
    finally:
        state.close()
    return report(audit, order.asked, order.state, out, err)


def report(audit: Audit, asked: Asked, state: Path, out: Console, err: Console) -> int:
    """Write the report; the exit code. A state that nobody named has done its work once all is found."""
    if asked.html is not None:
        whole_file(asked.html, audit_page(audit))
    if asked.as_json:
        out.file.write(encode(audit).decode())
    else:
        out.file.write(text(audit))
    if not audit.is_complete or not all(one.asked for one in audit.issues):
        err.print(f"not all could be looked at; go on with --resume {state}", markup=False, soft_wrap=True)
        return NOT_DONE
    if asked.resume is None:
        state.unlink(missing_ok=True)
    return SOME_DO_NOT if audit.standing(Standing.HOLDS_NOT) else ALL_HOLD


def whole_file(path: Path, content: str) -> None:
    """The file with this content, never a half of it. Raises `Unfit`."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(content, "utf-8")
        beside.replace(path)
    except OSError as error:
        raise Unfit(f"{path}: {error.strerror}") from error


async def _audited(order: Order, settings: PersonSettings, state: StateFile, err: Console) -> Audit:
    ways = await ways_out(settings, Grants())
    async with Gateway(host(settings.github_api_url), PersonToken(token=Secret(settings.token)), now) as gateway:
        patience = _patience(order.asked, err)
        me = (await patiently(gateway.app, patience)).login
        tools = tools_of(gateway, ways, me)
        place = Place(
            installation=0, repository_id=0, owner=order.repository.owner, name=order.repository.name, number=0
        )
        session = tools.session(place)
        found = await patiently(lambda: session.closures(order.since, order.asked.limit), patience)
        if not found.complete:
            err.print("there are more closed issues than were listed: say --since", markup=False, soft_wrap=True)
        completed = tuple(one for one in found.closures if is_completed(one.reason))
        if not completed:
            return summed((), _scope(order, found, None), now())
        base = await patiently(lambda: session.snapshot(completed[0].number), patience)
        rules = order.policy or rules_of(base)
        if isinstance(rules, Broken):
            raise Unfit(rules.unread or "\n".join(told(rules.faults)) or "the policy cannot be used")
        scope = _scope(order, found, rules)
        before = state.begin(scope)
        auditing = Auditing(
            session=session,
            base=base,
            rules=rules,
            instruments=Instruments(
                reader=session.reader(base),
                network=ways.network(base.repository.id, base.repository.full_name),
                limits=tools.limits,
                clock=now,
                seen=Memory(),
            ),
            me=me,
            key=tools.key,
        )
        return summed(await _all(auditing, completed, before, (state, order, err)), scope, now())


async def _all(
    auditing: Auditing, completed: Sequence[Closure], before: tuple[Entry, ...], told: tuple[StateFile, Order, Console]
) -> list[Entry]:
    """What is known already, and what is found of the rest."""
    state, order, err = told
    known = still_known(before, completed)
    entries = list(known)
    numbers = {one.issue.number for one in known}
    pending = [one for one in completed if one.number not in numbers]
    with shown(err, len(completed)) as view:
        for entry in known:
            view.found(entry)

        def found(entry: Entry) -> None:
            state.add(entry)
            entries.append(entry)
            view.found(entry)

        try:
            await Auditor(auditing).audit(pending, patience=_patience(order.asked, err, view), tell=found)
        except (Interrupted, GitHubError) as error:
            view.say(str(error))
    return entries


def still_known(before: tuple[Entry, ...], completed: Sequence[Closure]) -> tuple[Entry, ...]:
    """What was found before of these closings; what was closed again since, or could not be asked, is not known."""
    closed = {one.number: one.closed_at for one in completed}
    newest = {IssueNumber(one.issue.number): one for one in before}
    return tuple(one for number, one in newest.items() if one.asked and closed.get(number) == one.closing.at)


def _scope(order: Order, found: Closures, rules: Loaded | None) -> Scope:
    def numbers(reason: StateReason) -> tuple[int, ...]:
        return tuple(one.number for one in found.closures if one.reason is reason)

    return Scope(
        repository=order.repository.full_name,
        policy=rules.policy.digest if rules is not None else "",
        policy_source=rules.policy.source if rules is not None else "",
        since=order.since,
        limit=order.asked.limit,
        listed=sum(is_completed(one.reason) for one in found.closures),
        left_out=LeftOut(not_planned=numbers(StateReason.NOT_PLANNED), duplicate=numbers(StateReason.DUPLICATE)),
        not_asked=not_asked(rules) if rules is not None else (),
    )


def _patience(asked: Asked, err: Console, view: Shown | None = None) -> Callable[[datetime], Awaitable[None]]:
    """Waits until a limit ends and says so, or stops there."""

    async def wait(until: datetime) -> None:
        if not asked.wait:
            raise Interrupted(until)
        (view or Shown(err, None, 0)).waits(until)
        await asyncio.sleep(max((until - now() + MARGIN).total_seconds(), 0))

    return wait


async def patiently(ask: Callable[[], Awaitable[T]], patience: Callable[[datetime], Awaitable[None]]) -> T:
    """The answer, asked again after each limit."""
    while True:
        try:
            return await ask()
        except RateLimited as limited:
            until = limited.retry_at
        await patience(until)
