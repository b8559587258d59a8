"""`assess`: one issue, with a person's own token and without a server."""

import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from bot.app import attestor_of, now, runnable
from bot.assessment import codec
from bot.assessment.document import Assessment
from bot.assessment.policy import Role
from bot.assessment.report import render
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.cli.attesting import NO_KEY, written
from bot.cli.plain import readable
from bot.cli.telling import told
from bot.commands.assess import assess
from bot.commands.looked import SetAside
from bot.commands.measure import Declined
from bot.commands.precedence import GaveWay
from bot.commands.request import Place
from bot.commands.rights import Deed, may
from bot.commands.run import Run
from bot.commands.saying import Asker
from bot.commands.tools import Tools
from bot.config.load import Broken, Loaded, load
from bot.config.operator import OperatorFileError, operator_of
from bot.egress.grants import Grants
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings, UnsafeEgress
from bot.egress.selftest import self_test
from bot.egress.wayout import Egress
from bot.engine import Job, Json, Later, Refused, UnknownOutcome, Write
from bot.github.credentials import PersonToken, Secret
from bot.github.errors import Forbidden, GitHubError
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.github.session import Session
from bot.probes.runner import Limits
from bot.settings import PersonSettings, SettingsError, environment, person_from_env

HOLDS, HOLDS_NOT, NOT_ASKED = 0, 1, 2
_ISSUE = re.compile(
    r"(?:https?://[^/\s]+/)?(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)(?:#|/issues/)(?P<number>[1-9][0-9]{0,8})\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command line's arguments."""

    issue: str
    dry_run: bool
    as_json: bool
    policy: Path | None
    statement: Path | None = None  # where the signed statement goes


class OneTurn:
    """A turn without a store: every step runs once, and what breaks is told instead of resumed."""

    def __init__(self, job: Job) -> None:
        self._job = job

    @property
    def job(self) -> Job:
        """The job."""
        return self._job

    async def step(self, name: str, run: Callable[[], Awaitable[Json]]) -> Json:
        """Run it."""
        del name
        return await run()

    async def write(self, name: str, write: Write) -> Json:
        """Send it once; an unknown outcome is the caller's to look at."""
        del name
        return await write.send()

    async def is_current(self) -> bool:
        """Nobody else is here."""
        return True

    async def has_written(self) -> bool:
        """Nobody else waits for that."""
        return False

    async def submit(self, job: Job) -> None:
        """There is no one to work on it."""
        raise RuntimeError(f"nobody here works on {job.kind}")

    async def listen(self, scope: str) -> None:
        """Nothing is heard without a server, and nothing waits for it."""
        del scope

    async def retire(self, kind: str, before: datetime, *, only: Collection[str] | None = None) -> int:
        """Nothing waits."""
        del kind, before, only
        return 0

    async def hasten(self, ids: Collection[str]) -> int:
        """Nothing is parked."""
        del ids
        return 0


class _Nowhere:
    async def save(self, id: str, repository: str, issue: int, document: bytes, at: datetime) -> None:  # noqa: A002
        """Nothing is kept: the document is printed."""

    async def load(self, id: str) -> bytes | None:  # noqa: A002
        """There is none."""
        return None

    async def latest(self, repository: str, issue: int) -> bytes | None:
        """There is none."""
        return None


async def run_assess(asked: Asked, out: Console, err: Console) -> int:
    """The exit code: see `bot.cli.main`."""
    match = _ISSUE.match(asked.issue)
    if match is None:
        err.print(f"{asked.issue!r} is no issue: write OWNER/REPO#NUMBER or its URL", markup=False)
        return NOT_ASKED
    try:
        settings = person_from_env(environment())
        signs = attestor_of(settings.attestation_key, settings.github_api_url)
    except (SettingsError, ValueError) as error:
        err.print(str(error), markup=False)
        return NOT_ASKED
    if asked.statement is not None and signs is None:
        err.print(NO_KEY, markup=False)
        return NOT_ASKED
    policy = policy_from(asked.policy, err)
    if isinstance(policy, Broken):
        return NOT_ASKED
    place = Place(
        installation=0, repository_id=0, owner=match["owner"], name=match["name"], number=int(match["number"])
    )
    try:
        answer = await _assess(place, asked, settings, policy)
    except (OperatorFileError, UnsafeEgress, Later, GitHubError, Refused, UnknownOutcome) as error:
        for line in why_not(error):
            err.print(line, markup=False)
        return NOT_ASKED
    if not isinstance(answer, Assessment):
        absent = f"There is no issue {asked.issue} that this token may see."
        err.print(Markdown(readable(absent if answer is None else answer.text)))
        return NOT_ASKED
    if asked.as_json:
        out.file.write(codec.encode(answer).decode() + "\n")
    else:
        out.print(Markdown(readable(render(answer, evidence_url=None, marker=""))))
    if asked.statement is not None and signs is not None:
        unwritten = written(asked.statement, signs.attest(codec.encode(answer)))
        if unwritten is not None:
            err.print(unwritten, markup=False)
            return NOT_ASKED
    return HOLDS if answer.verdict.closes else HOLDS_NOT


def why_not(error: Exception) -> Iterator[str]:
    """What kept it from being asked, a line each."""
    match error:
        case OperatorFileError():
            yield from told(error.broken.faults)
        case UnsafeEgress():
            yield str(error)
        case Later():
            yield f"GitHub: the limit is used up; ask again after {error.until:%H:%M:%S} UTC"
        case _:
            said = str(error)
            yield said if said.startswith("GitHub ") else f"GitHub: {said}"


def policy_from(file: Path | None, err: Console) -> Loaded | Broken | None:
    """The policy file that was named, None where none was; what is wrong with it is told."""
    if file is None:
        return None
    try:
        text = file.read_bytes()
    except OSError as error:
        err.print(f"{file}: {error.strerror}", markup=False)
        return Broken(faults=())
    loaded = load(text, path=str(file), source=str(file))
    if isinstance(loaded, Broken):
        for line in told(loaded.faults):
            err.print(line, markup=False)
    return loaded


async def _assess(
    place: Place, asked: Asked, settings: PersonSettings, policy: Loaded | None
) -> Assessment | Declined | None:
    operator = operator_of(settings.operator_file, environment().get)
    ways = await ways_out(settings, operator.grants)
    async with Gateway(host(settings.github_api_url), PersonToken(token=Secret(settings.token)), now) as gateway:
        me = (await gateway.app()).login
        tools = replace(tools_of(gateway, ways, me), commands=await runnable(operator.commands, _unheard))
        session = tools.session(place)
        role = await _role(session, me, dry_run=asked.dry_run)
        if not asked.dry_run and not may(Deed.CLOSING_RUN, role=role, ties=frozenset()):
            instead = "`--dry-run` measures without changing anything."
            return Declined(text=f"Closing needs the role triage there; you hold {role}. {instead}")
        trigger = Trigger(kind=TriggerKind.CLI, by=me, flags=Flags(dry_run=asked.dry_run))
        job = Job(id=f"cli:{asked.issue}:{now().isoformat()}", kind="cli", key=place.key, payload=None)
        run = Run(
            turn=OneTurn(job),
            tools=tools,
            session=session,
            place=place,
            trigger=trigger,
            asker=Asker(login=me, role=role),
            policy=policy,
            silent=asked.dry_run,
        )
        told = await assess(run)
        return None if isinstance(told, GaveWay | SetAside) else told  # nothing waits here


async def _role(session: Session, me: str, *, dry_run: bool) -> Role:
    """What the token's owner may do there. A dry run goes on where GitHub tells that to collaborators alone."""
    try:
        return await session.role(me)
    except Forbidden:
        if dry_run:
            return Role.NONE
        raise


async def ways_out(settings: PersonSettings, grants: Grants) -> Egress:
    """The guarded ways out, which have proven themselves here as well; raises `UnsafeEgress`."""
    rules = EgressSettings(
        allow_hosts=settings.probe_allow_hosts,
        allow_networks=settings.probe_allow_networks,
        ports=settings.probe_ports,
    )
    await self_test(rules)
    return Egress(settings=rules, resolver=Dns(), on_refused=lambda _host, _why: None, grants=grants)


def tools_of(gateway: Gateway, ways: Egress, me: str) -> Tools:
    """What a person's own command works with; nothing is kept."""
    return Tools(
        gateway=gateway,
        archive=_Nowhere(),
        clock=now,
        # Marks of a person's own comments count only where GitHub says that he wrote them; the key need not be secret.
        key=sha256(f"cli {me}".encode()).digest(),
        egress=ways,
        limits=Limits(),
        evidence_url=lambda _id, _at: None,
        report=_unheard,
    )


def _unheard(_event: str, _fields: Mapping[str, Json]) -> None:
    """There is no log: what matters stands in the answer."""
