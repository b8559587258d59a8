"""Is an issue of a Sentry resolved, and has it had no event since a release, a deployment, or for a time?"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from pydantic import Field, model_validator

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.assessment.wording import moment, span
from bot.egress.exchange import ServerKind
from bot.probes.asking import together
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.errorserver import Event, Events, Organization, Release, SentryIssue
from bot.probes.places import counted
from bot.probes.servers import SERVER_WORDS, TROUBLE, ServerName, no_server, server_of, troubled, whom
from bot.probes.since import SinceParams, Window, too_short, window_at, window_of

_MOST_RELEASES = 5
"""So many releases of events are looked up, to see whether they are older; events of others count."""


class SentryParams(SinceParams):
    """Which issue, and what must be so of it."""

    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    issue: str = Field(
        pattern=r"^(?:[A-Za-z0-9_][A-Za-z0-9_-]{0,98}-[A-Za-z0-9]{1,20}|[0-9]{1,19})$",
        description="The issue's short id, such as `SHOP-1A`, or its number.",
    )
    organization: str = Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$", description="The organization's name in Sentry's URLs."
    )
    server: ServerName | None = Field(default=None, description=SERVER_WORDS)
    resolved: bool = Field(default=True, description="It must be marked as resolved.")
    since_release: str | None = Field(
        default=None,
        pattern=r"^[^\s/\\.][^\s/\\]{0,249}$",
        description="No event since this release: `shop@1.4.0`. Events that older releases still send do not count.",
    )
    environment: str | None = Field(
        default=None, min_length=1, max_length=64, description="Only events of this environment of Sentry's count."
    )

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "SentryParams":
        self.check_times()
        if self.since_release is not None and (self.deployed_to is not None or self.since is not None):
            raise ValueError("since a release, or since a deployment or a time: say one of them")
        if not self.resolved and not self.asks_events:
            raise ValueError("say what must be so: `resolved: true`, `since_release: shop@1.4.0`, or `since: 24h`")
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom=whom(self.server, ServerKind.SENTRY), past=True)

    @property
    def asks_events(self) -> bool:
        """Are events asked for?"""
        return any(one is not None for one in (self.since_release, self.deployed_to, self.since))

    @property
    def words(self) -> str:
        """What is asked for."""
        since = f"since release `{self.since_release}`" if self.since_release is not None else self.since_words
        place = f" in `{self.environment}`" if self.environment is not None else ""
        said = ["is resolved"] if self.resolved else []
        said += [f"has no event{place} {since}"] if self.asks_events else []
        return f"`{self.issue}` {' and '.join(said)}"


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, SentryParams)
    server = server_of(params.server, ServerKind.SENTRY, context)
    if isinstance(server, str):
        return no_server(server, ServerKind.SENTRY, expected=params.words, context=context)
    url = f"{server.name}:/organizations/{params.organization}/issues/{params.issue}/"
    asked = Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=params.words,
        observed="",
        source=Source(url=url, place=f"{server.name}, `{params.issue}`", sha=None, fetched_at=context.now),
    )
    try:
        return await _looked_at(question, context, Organization(server=server, slug=params.organization), asked)
    except TROUBLE as error:
        return troubled(error, expected=asked.expected, source=asked.source)


async def _looked_at(question: Question, context: Context, at: Organization, asked: Evidence) -> Evidence:
    params = question.params
    assert isinstance(params, SentryParams)
    issue = await at.issue(params.issue)
    if issue is None:
        return replace(
            asked,
            reason=Reason.NOT_FOUND,
            observed=f"there is no issue `{params.issue}` in `{params.organization}` that this bot may see",
            remedy="Correct its id, or let the operator's token read it (`event:read`).",
        )
    if params.resolved and issue.status != "resolved":
        seen = f", last seen {moment(issue.lastSeen, seen_from=context.now)}" if issue.lastSeen else ""
        return replace(
            asked,
            outcome=Outcome.FAIL,
            reason=Reason.STILL_OPEN,
            observed=f"it is {issue.status}, with {_all_events(issue)}{seen}",
            remedy="Resolve it in Sentry.",
        )
    stands = replace(asked, observed=_stands(issue))
    if not params.asks_events:
        return replace(stands, outcome=Outcome.PASS, reason=Reason.HOLDS)
    window = await _window(params, context, at, stands)
    if isinstance(window, Evidence):
        return window
    if not window.long:
        return too_short(window, params, stands)
    evidence = await _without_events(window, params, at, stands)
    if evidence.outcome is not Outcome.PASS or not question.ask_before or window.past is None:
        return evidence
    return await _with_before(evidence, window.past, params, at)


def _all_events(issue: SentryIssue) -> str:
    return counted(int(issue.count), "event") if issue.count.isdecimal() and len(issue.count) < 19 else "events"


def _stands(issue: SentryIssue) -> str:
    """How an issue stands, in words: `resolved in shop@1.4.0`."""
    details = issue.statusDetails
    if issue.status == "resolved" and details.inRelease:
        return f"resolved in `{details.inRelease}`"
    return f"{issue.status} in the next release" if details.inNextRelease else issue.status


async def _window(params: SentryParams, context: Context, at: Organization, asked: Evidence) -> Window | Evidence:
    """The time in which events count."""
    if params.since_release is None:
        return await window_of(params, context, asked)
    release = await at.release(params.since_release)
    if release is None:
        return replace(
            asked,
            reason=Reason.NOT_FOUND,
            observed=f"there is no release `{params.since_release}` in `{params.organization}`",
            remedy="Correct its version, or let the release tell Sentry of itself.",
        )
    words = f"since `{release.version}` ({moment(release.at, seen_from=context.now)})"
    return window_at(release.at, release.at, words, context.now)


async def _without_events(window: Window, params: SentryParams, at: Organization, asked: Evidence) -> Evidence:
    """One event is enough for a no; none needs time."""
    events = await at.events(params.issue, window, params.environment)
    counting = await _counting(events, params, at)
    measured = replace(asked, measures=(Measure(name="events", value=len(counting), unit="events"),))
    if counting:
        last = moment(max(event.dateCreated for event in counting), seen_from=window.end)
        shown = replace(events, found=counting).words
        return replace(
            measured,
            outcome=Outcome.FAIL,
            reason=Reason.DOES_NOT_HOLD,
            observed=f"{asked.observed}; {shown} {window.words}, the last at {last}",
            details=_by_release(counting),
        )
    if events.more:
        observed = f"{asked.observed}; {events.words} of older releases {window.words}: others were not looked at"
        return replace(measured, outcome=Outcome.ERROR, reason=Reason.NOT_LOOKED_AT, observed=observed)
    older = f" ({counted(len(events.found), 'event')} of older releases)" if events.found else ""
    observed = f"{asked.observed}; no event in {span(window.long)} {window.words}{older}"
    if window.long < params.least:
        return too_short(window, params, replace(measured, observed=f"{asked.observed}; no event"))
    # What did not come before either, would not have come without a fix.
    return replace(measured, outcome=Outcome.PASS, reason=Reason.HOLDS, observed=observed, decisive=False)


async def _counting(events: Events, params: SentryParams, at: Organization) -> tuple[Event, ...]:
    """The events that count: since a release, not those of releases that are older."""
    if params.since_release is None or not events.found:
        return events.found
    sent = dict.fromkeys(event.release for event in events.found)
    names = [name for name in sent if name is not None and name != params.since_release][:_MOST_RELEASES]
    wanted, *releases = await together(at.release(name) for name in (params.since_release, *names))
    older = {name for name, one in zip(names, releases, strict=True) if _is_older(one, wanted)}
    return tuple(event for event in events.found if event.release not in older)


def _is_older(one: Release | None, other: Release | None) -> bool:
    return one is not None and other is not None and one.at < other.at


def _by_release(events: tuple[Event, ...]) -> tuple[Detail, ...]:
    """How many events came from which release."""
    names = dict.fromkeys(event.release for event in events)
    counts = {name: sum(event.release == name for event in events) for name in names}
    return tuple(
        Detail(text=f"{counted(counts[name], 'event')} of {f'`{name}`' if name else 'an unknown release'}")
        for name in list(names)[:_MOST_RELEASES]
    )


async def _with_before(evidence: Evidence, past: Window, params: SentryParams, at: Organization) -> Evidence:
    """The same question about as long a time before: "14 events → no event"."""
    try:
        events = await at.events(params.issue, past, params.environment)
    except TROUBLE:
        return evidence
    if events.found:
        return replace(evidence, before=events.words, decisive=True, seen_failing=True)
    observed = f"{evidence.observed} (and was so before: proves little)"
    return replace(evidence, before=events.words, reason=Reason.VACUOUS, observed=observed)


_MANUAL = Manual(
    question="Is an issue of a Sentry that the operator has named resolved, and without new events since the fix?",
    example=(
        "- id: no_crash\n  title: The crash is resolved and came no more\n  sentry:\n"
        "    issue: SHOP-1A\n    organization: acme\n    deployed_to: production\n    at_least: 24h\n"
    ),
    outcomes=(
        (Outcome.PASS, "It is. No event speaks for the fix where events came in as long a time before."),
        (Outcome.FAIL, "It is unresolved or ignored, or events have come since."),
        (Outcome.PENDING, "The fix is being deployed, or too little time has passed since."),
        (Outcome.MISSING, "There is no such issue or release, the fix is not deployed, or none is known."),
        (Outcome.ERROR, "The server did not answer, not in time, not as Sentry does, or with too much."),
        (Outcome.MISCONFIGURED, "There is no such server for this repository, or it refuses the question."),
    ),
)


@dataclass(frozen=True, slots=True)
class SentryProbe:
    """An issue of a Sentry."""

    kind: str = "sentry"
    params: type[Params] = SentryParams
    limit: timedelta = timedelta(seconds=90)
    slow: bool = False
    heavy: bool = True
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one issue of a Sentry."""
        return await _ask(question, context)


PROBE = SentryProbe()
