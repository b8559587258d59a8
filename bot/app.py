"""The composition root: objects are built and joined here, and nowhere else. The one place with a clock."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog
from starlette.types import ASGIApp
from structlog.typing import Processor

from bot.assessment import breaker
from bot.assessment.redact import redact
from bot.commands import (
    aftermath,
    again,
    audit_job,
    command,
    dead,
    guard,
    linked,
    merge,
    precedents,
    preview,
    promise,
    pushed,
    waiver_end,
    watch,
)
from bot.commands.breaker import Breaker
from bot.commands.catalog import offered
from bot.commands.route import (
    AFTERMATH_JOB,
    AGAIN_JOB,
    AUDIT_JOB,
    COMMAND_JOB,
    FORGET_JOB,
    GUARD_JOB,
    LINKED_JOB,
    MERGE_JOB,
    PREVIEW_JOB,
    PROMISE_JOB,
    PULL_JOB,
    WAIVER_END_JOB,
    WATCH_JOB,
    router,
)
from bot.commands.tools import Report, Tools
from bot.config.operator import operator_of
from bot.egress.grants import Grants
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings
from bot.egress.selftest import self_test
from bot.egress.wayout import Egress
from bot.engine import Engine, EngineSettings, Handler, Json, Turn, running_engine
from bot.engine.worker import DEAD
from bot.github.credentials import load_app_key
from bot.github.errors import RateLimited, Unavailable
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.probes.runner import Limits
from bot.probes.sandboxed import NamedCommand, OperatorCommands
from bot.probes.trees import Memory
from bot.sandbox.command import NoSandbox
from bot.sandbox.sandbox import started
from bot.settings import Settings, environment
from bot.signing.attesting import Attestor
from bot.signing.keys import load_signing_key
from bot.web.app import WebDeps, create_web
from bot.web.links import end_of, evidence_url
from bot.web.meters import Meters
from bot.web.metrics import metrics
from bot.web.pages import PageDeps
from bot.web.webhook import Intake

START_PATIENCE = timedelta(seconds=5)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seams:
    """What a test may swap: the clock, the pause after a merge, the engine's paces, and who hears of events."""

    clock: Callable[[], datetime] = now
    settling: timedelta = merge.Settling().pause
    paced: Callable[[EngineSettings], EngineSettings] = lambda settings: settings
    on_event: Callable[[str, Mapping[str, Json]], None] = lambda _event, _fields: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The server's parts while it runs. `metrics` is for a port that not everybody reaches."""

    web: ASGIApp
    metrics: ASGIApp
    engine: Engine


@asynccontextmanager
async def running(settings: Settings, seams: Seams = Seams()) -> AsyncIterator[Running]:
    """Everything joined, from the first database to the last route.

    Raises `bot.engine.AlreadyRunning`, `bot.engine.StoreUnavailable`, `bot.egress.rules.UnsafeEgress`,
    `bot.github.errors.GitHubError` (GitHub does not know us), `bot.config.operator.OperatorFileError`, `ValueError`
    (the private key, the attestation key).
    """
    log, meters = structlog.get_logger(), Meters()

    def report(event: str, fields: Mapping[str, Json]) -> None:
        # structlog's own word for the event's name is `event`; GitHub has events, too
        log.info(event, **{"github_event" if name == "event" else name: value for name, value in fields.items()})
        meters.heard(event, fields)
        seams.on_event(event, fields)

    operator = operator_of(settings.operator_file, environment().get)
    ways = await _ways_out(settings, operator.grants, report)
    credentials = load_app_key(settings.github_app_id, settings.private_key)
    attestor = attestor_of(settings.attestation_key, settings.github_api_url)
    # Resumed jobs may want their tools before the engine, which the tools need, is there: they wait for this.
    joined: asyncio.Future[Tools] = asyncio.get_running_loop().create_future()
    handlers = _handlers(joined, seams)
    async with Gateway(host(settings.github_api_url), credentials, seams.clock) as gateway:
        slug = await _slug(gateway, report)
        engine_set = seams.paced(engine_settings(settings))
        async with running_engine(engine_set, handlers, clock=seams.clock, on_event=report) as engine:
            tools = Tools(
                gateway=gateway,
                archive=engine.archive,
                notes=engine.notes,
                book=engine,
                precedents=engine.precedents,
                clock=seams.clock,
                key=settings.signing_key,
                egress=ways,
                limits=Limits(budget=settings.assessment_limit, concurrency=settings.max_probes),
                evidence_url=partial(_link, settings),
                report=report,
                commands=await runnable(operator.commands, report),
                seen=Memory(),
                on_answer=meters.probed,
                audit_limit=settings.audit_limit,
                breaker=Breaker(counts=engine.counts, limits=breaker_limits(settings), report=report),
            )
            joined.set_result(tools)
            pages = PageDeps(
                archive=engine.archive,
                healthy=engine.healthy,
                signing_key=settings.signing_key,
                clock=seams.clock,
                commands=offered(),
                attestor=attestor,
            )
            intake = _intake(settings, seams, engine, slug, report, meters)
            web = create_web(WebDeps(intake=intake, pages=pages))
            yield Running(web=web, metrics=metrics(meters, engine.healthy), engine=engine)


def attestor_of(key: str | None, github_api_url: str) -> Attestor | None:
    """Who signs what leaves; None without a key. Raises `ValueError` with one sentence for the operator."""
    return None if key is None else Attestor(key=load_signing_key(key), site=host(github_api_url).site)


async def _slug(gateway: Gateway, report: Report) -> str | None:
    """Our name on GitHub. A key or id that GitHub does not take is an error; its silence must not keep us from
    starting: deliveries come in all the same, and are answered when it speaks again.
    """
    try:
        async with asyncio.timeout(START_PATIENCE.total_seconds()):
            return (await gateway.app()).slug
    except (Unavailable, RateLimited, TimeoutError) as error:
        report("github-silent", {"why": str(error) or "no answer"})
        return None


async def runnable(named: tuple[NamedCommand, ...], report: Report) -> OperatorCommands | None:
    """The operator's commands with a sandbox to run them in, or the reason why there is none; None without commands."""
    if not named:
        return None
    try:
        return OperatorCommands(named=named, sandbox=await started())
    except NoSandbox as why:
        report("no-sandbox", {"why": str(why)})
        return OperatorCommands(named=named, sandbox=str(why))


async def _ways_out(settings: Settings, grants: Grants, report: Report) -> Egress:
    """The guarded ways out, which have proven themselves; raises `UnsafeEgress`."""
    rules = _egress(settings)
    await self_test(rules)
    return Egress(settings=rules, resolver=Dns(), on_refused=_tell_refused(report), grants=grants)


def _egress(settings: Settings) -> EgressSettings:
    """Probes never ask this server or GitHub's API: the one would be a loop, the other our own rate limit."""
    own = (urlsplit(url).hostname for url in (settings.public_url, settings.github_api_url) if url)
    return EgressSettings(
        contact_url=settings.public_url or "",
        allow_hosts=settings.probe_allow_hosts,
        allow_networks=settings.probe_allow_networks,
        deny_hosts=tuple(name for name in own if name),
        ports=settings.probe_ports,
    )


def _tell_refused(report: Report) -> Callable[[str, str], None]:
    def tell(name: str, why: str) -> None:
        report("egress-refused", {"host": name, "why": why})

    return tell


def _handlers(joined: asyncio.Future[Tools], seams: Seams) -> Mapping[str, Handler]:
    settling = merge.Settling(pause=seams.settling)

    def handler(work: Callable[[Turn, Tools], Awaitable[None]]) -> Handler:
        async def handle(turn: Turn) -> None:
            # shielded: a cancelled turn must not cancel what the others wait for
            await work(turn, await asyncio.shield(joined))

        return handle

    return {
        COMMAND_JOB: handler(command.command),
        MERGE_JOB: handler(partial(merge.merge, settling=settling)),
        LINKED_JOB: handler(linked.linked),
        AGAIN_JOB: handler(again.again),
        PULL_JOB: handler(partial(pushed.pushed, settling=settling)),
        PREVIEW_JOB: handler(preview.preview),
        WAIVER_END_JOB: handler(waiver_end.waiver_ended),
        AFTERMATH_JOB: handler(aftermath.aftermath),
        AUDIT_JOB: handler(audit_job.audit),
        FORGET_JOB: handler(precedents.forgotten),
        GUARD_JOB: handler(guard.guard),
        PROMISE_JOB: handler(promise.promised),
        WATCH_JOB: handler(watch.watch),
        DEAD: handler(dead.dead),
    }


def _intake(
    settings: Settings, seams: Seams, engine: Engine, slug: str | None, report: Report, meters: Meters
) -> Intake:
    return Intake(
        secrets=settings.webhook_secrets,
        route=router(slug=slug, settling=seams.settling),
        inbox=engine.inbox,
        clock=seams.clock,
        report=report,
        on_answer=meters.delivered,
    )


def engine_settings(settings: Settings) -> EngineSettings:
    """The engine's part of the settings."""
    return EngineSettings(
        data_dir=settings.data_dir,
        database_url=settings.database_url,
        lag=settings.write_lag,
        worker_concurrency=settings.max_assessments,
        retention=settings.retention,
    )


def breaker_limits(settings: Settings) -> breaker.Limits:
    """The breaker's part of the settings."""
    return breaker.Limits(
        closings=settings.closings_per_hour,
        reopenings=settings.reopenings_per_hour,
        share=settings.error_share,
        minimum=settings.error_minimum,
        window=settings.error_window,
        pause=settings.acting_pause,
    )


def _link(settings: Settings, assessment: str, at: datetime) -> str | None:
    if settings.public_url is None:
        return None
    until = end_of(at, settings.link_life)
    return evidence_url(settings.public_url, settings.signing_key, assessment, until=until)


def log_to_stderr(level: str) -> None:
    """One JSON object a line on standard error, every text in it redacted. Libraries speak from WARNING on."""
    beginning: tuple[Processor, ...] = (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    ending: tuple[Processor, ...] = (_redacted, structlog.processors.JSONRenderer(ensure_ascii=False))
    structlog.configure(
        processors=[*beginning, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*beginning, structlog.stdlib.add_logger_name, structlog.processors.format_exc_info],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[libraries])


def _redacted(_logger: object, _method: str, fields: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: _without_secrets(value) for name, value in fields.items()}


def _without_secrets(value: object) -> object:
    match value:
        case str():
            return redact(value)
        case dict():
            return {name: _without_secrets(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_without_secrets(inner) for inner in value]
        case _:
            return value
