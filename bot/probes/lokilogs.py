"""Has an error gone from the logs that a Loki keeps? Silence counts only where the program has logged at all."""

from dataclasses import replace
from datetime import timedelta

from pydantic import Field, model_validator

from bot.assessment.evidence import Evidence, Measure, Outcome, Reason, Source
from bot.assessment.wording import moment, span
from bot.egress.exchange import NamedServer, ServerKind
from bot.probes.asking import together
from bot.probes.contract import Context
from bot.probes.loki import Lines, lines, selector_of
from bot.probes.servers import SERVER_WORDS, TROUBLE, Query, ServerName, no_server, server_of, troubled
from bot.probes.since import SinceParams, Window, too_short, window_of
from bot.probes.values import spelled

_ENOUGH = 0.9
"""The first and the last line stand a little inside the time that is watched."""


class LokiParams(SinceParams):
    """Which lines are the error, since when there should be none, and which lines show that anything is logged."""

    query: Query = Field(description='LogQL whose lines are the error: `{app="shop"} |= "deadlock detected"`.')
    server: ServerName | None = Field(default=None, description=SERVER_WORDS)
    alive: Query | None = Field(
        default=None,
        description="LogQL whose lines show that it logs at all; without it, any line of the query's own streams.",
    )

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "LokiParams":
        self.check_times()
        if self.deployed_to is None and self.since is None:
            raise ValueError("say since when: `deployed_to: production`, or `since: 24h`")
        streams = selector_of(self.query)
        if streams is None or (self.alive is not None and selector_of(self.alive) is None):
            raise ValueError('a query begins with its streams: `{app="shop"} |= "deadlock detected"`')
        if self.alive is None and streams == self.query.strip():
            raise ValueError('say which lines of these streams are wrong: `|= "deadlock detected"`')
        return self

    @property
    def words(self) -> str:
        """What is asked for."""
        return f"no line of {spelled(self.query)} {self.since_words}"

    @property
    def life(self) -> str:
        """The query whose lines show that anything is logged."""
        return self.alive or selector_of(self.query) or self.query


async def gone_from_loki(params: LokiParams, context: Context, *, ask_before: bool) -> Evidence:
    """The evidence whether an error is logged no longer since the fix was deployed."""
    server = server_of(params.server, ServerKind.LOKI, context)
    if isinstance(server, str):
        return no_server(server, ServerKind.LOKI, expected=params.words, context=context)
    asked = Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=params.words,
        observed="",
        source=Source(
            url=f"{server.name}:/loki/api/v1/query_range", place=server.name, sha=None, fetched_at=context.now
        ),
    )
    window = await window_of(params, context, asked)
    if isinstance(window, Evidence):
        return window
    if not window.long:
        return too_short(window, params, asked)
    try:
        found, first, last = await together(
            (
                lines(server, params.query, window),
                lines(server, params.life, window, limit=1, forward=True),
                lines(server, params.life, window, limit=1),
            )
        )
    except TROUBLE as error:
        return troubled(error, expected=asked.expected, source=asked.source)
    evidence = _judged(found, Lines(count=first.count, first=first.first, last=last.last), window, params, asked)
    if evidence.outcome is not Outcome.PASS or not ask_before or window.past is None:
        return evidence
    return await _with_before(evidence, params, server, window.past)


def _judged(found: Lines, life: Lines, window: Window, params: LokiParams, asked: Evidence) -> Evidence:
    """One line is enough for a no; silence needs time, and a program that logs from its beginning to its end."""
    now, least = window.end, params.least
    watched = life.last - life.first if life.first is not None and life.last is not None else timedelta()
    measured = replace(
        asked,
        observed=found.words,
        measures=(
            Measure(name="lines", value=found.count, unit="lines"),
            Measure(name="watched", value=watched.total_seconds(), unit="s"),
        ),
    )
    if found.last is not None:
        observed = f"{found.words} {window.words}, the last at {moment(found.last, seen_from=now)}"
        return replace(measured, outcome=Outcome.FAIL, reason=Reason.DOES_NOT_HOLD, observed=observed)
    if window.long < least:
        return too_short(window, params, measured)
    remedy = "See whether it runs, and whether its logs arrive; or say with `alive` which lines show that."
    if life.last is None:
        observed = f"nothing at all was logged {window.words}: silence proves nothing"
        return replace(measured, observed=observed, remedy=remedy)
    if now - life.last > least:
        observed = f"nothing at all was logged since {moment(life.last, seen_from=now)}: silence proves nothing"
        return replace(measured, observed=observed, remedy=remedy)
    if watched < least * _ENOUGH:
        observed = f"{found.words}, but its logs span only {span(watched)}, {params.at_least} is asked for"
        return replace(measured, observed=observed, remedy=remedy)
    # A line that nobody saw before may never have been logged at all.
    observed = f"{found.words} in {span(watched)} of logs {window.words}"
    return replace(measured, outcome=Outcome.PASS, reason=Reason.HOLDS, observed=observed, decisive=False)


async def _with_before(evidence: Evidence, params: LokiParams, server: NamedServer, past: Window) -> Evidence:
    """The same question about as long a time before: "14 lines → no line"."""
    try:
        found, life = await together(
            (
                lines(server, params.query, past),
                lines(server, params.life, past, limit=1),
            )
        )
    except TROUBLE:
        return evidence
    if found.count:
        return replace(evidence, before=found.words, decisive=True, seen_failing=True)
    if not life.count:
        return evidence
    observed = f"{evidence.observed} (and was so before: proves little)"
    return replace(evidence, before=found.words, reason=Reason.VACUOUS, observed=observed)
