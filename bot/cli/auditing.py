"""`audit`: how many of the closed issues would hold. It reads with a person's token, and writes nothing.

Exit codes: 0 all that could be checked holds, 1 some do not, 2 it could not be done to its end.
"""

import asyncio
from pathlib import Path

from rich.console import Console

from bot.app import now
from bot.assessment.audit import Audit, Standing, summed
from bot.assessment.audit_codec import NotAState, encode
from bot.assessment.audit_text import text
from bot.cli.assessing import tools_of, ways_out, why_not
from bot.cli.audit_order import Asked, Order, Unfit, understood
from bot.cli.audit_run import Desk, Interrupted, measured, patience, patiently, scope
from bot.cli.audit_state import StateFile
from bot.cli.auditing_offline import audited_offline
from bot.cli.telling import told
from bot.commands.audit import Auditing, OnGitHub
from bot.commands.measure import Instruments, rules_of
from bot.commands.request import Place
from bot.config.load import Broken
from bot.egress.grants import Grants
from bot.egress.rules import UnsafeEgress
from bot.github.closures import is_completed
from bot.github.credentials import PersonToken, Secret
from bot.github.errors import GitHubError
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.probes.trees import Memory
from bot.settings import PersonSettings, SettingsError, environment, person_from_env
from bot.web.audit_page import audit_page

ALL_HOLD, SOME_DO_NOT, NOT_DONE = 0, 1, 2


def run(asked: Asked, out: Console, err: Console) -> int:
    """The exit code."""
    try:
        order = understood(asked, err)
        settings = None if order.local is not None else person_from_env(environment())
        return asyncio.run(_run(order, settings, out, err))
    except (Unfit, SettingsError) as error:
        err.print(str(error), markup=False, soft_wrap=True)
    except KeyboardInterrupt:
        err.print(f"stopped; go on with --resume {order.state}", markup=False, soft_wrap=True)
    return NOT_DONE


async def _run(order: Order, settings: PersonSettings | None, out: Console, err: Console) -> int:
    desk = Desk(order=order, state=StateFile(order.state), err=err)
    try:
        audit = await (audited_offline(desk) if settings is None else _audited(desk, settings))
    except (NotAState, OSError) as error:
        raise Unfit(f"{order.state}: {error}") from error
    except (UnsafeEgress, GitHubError) as error:
        raise Unfit("\n".join(why_not(error))) from error
    except Interrupted as error:
        raise Unfit(str(error)) from error
    finally:
        desk.state.close()
    return report(audit, order, out, err)


def report(audit: Audit, order: Order, out: Console, err: Console) -> int:
    """Write the report; the exit code. A state that nobody named has done its work once all is found."""
    asked = order.asked
    if asked.html is not None:
        whole_file(asked.html, audit_page(audit))
    out.file.write(encode(audit).decode() if asked.as_json else text(audit))
    if not audit.is_complete or not all(one.asked for one in audit.issues):
        err.print(f"not all could be looked at; go on with --resume {order.state}", markup=False, soft_wrap=True)
        return NOT_DONE
    if asked.resume is None:
        order.state.unlink(missing_ok=True)
    return SOME_DO_NOT if audit.standing(Standing.HOLDS_NOT) else ALL_HOLD


def whole_file(path: Path, content: str) -> None:
    """The file with this content, never a half of it. Raises `Unfit`."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(content, "utf-8")
        beside.replace(path)
    except OSError as error:
        raise Unfit(f"{path}: {error.strerror}") from error


async def _audited(desk: Desk, settings: PersonSettings) -> Audit:
    order, wait = desk.order, patience(desk)
    ways = await ways_out(settings, Grants())
    async with Gateway(host(settings.github_api_url), PersonToken(token=Secret(settings.token)), now) as gateway:
        me = (await patiently(gateway.app, wait)).login
        tools = tools_of(gateway, ways, me)
        place = Place(
            installation=0, repository_id=0, owner=order.repository.owner, name=order.repository.name, number=0
        )
        session = tools.session(place)
        found = await patiently(lambda: session.closures(order.since, order.asked.limit), wait)
        if not found.complete:
            desk.err.print("there are more closed issues than were listed: say --since", markup=False, soft_wrap=True)
        completed = tuple(one for one in found.closures if is_completed(one.reason))
        if not completed:
            return summed((), scope(order, found, None), now())
        base = await patiently(lambda: session.snapshot(completed[0].number), wait)
        rules = order.policy or rules_of(base)
        if isinstance(rules, Broken):
            raise Unfit(rules.unread or "\n".join(told(rules.faults)) or "the policy cannot be used")
        tracker = OnGitHub(session, base)
        auditing = Auditing(
            tracker=tracker,
            base=base,
            rules=rules,
            instruments=Instruments(
                reader=tracker.shared,
                network=ways.network(base.repository.id, base.repository.full_name),
                limits=tools.limits,
                clock=now,
                seen=Memory(),
            ),
            me=me,
            key=tools.key,
        )
        what = scope(order, found, rules)
        return summed(await measured(desk, auditing, completed, desk.state.begin(what)), what, now())
