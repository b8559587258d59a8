"""Since when something should be gone: since the fix was deployed, or for a time; and what the same time before is.

Rules:
1. A fix runs since the first deployment that brought it, if every one since has it: a rollback between them ends that.
2. What was just deployed takes a while until it runs, so a little time after it does not count.
3. Too short a time proves nothing yet: it is waited for.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from bot.assessment.evidence import Evidence, Outcome, Reason, Wait
from bot.assessment.spans import span_of, written
from bot.assessment.topics import deployment as deployment_topic
from bot.assessment.wording import moment, span
from bot.github.models import Deployment, Unknown
from bot.probes.contract import Context, Params
from bot.probes.lasting import Lasting
from bot.probes.live import IN_SNAPSHOT, ON_THE_WAY, deployments_of, first_with_fix, has_whole_fix, is_live
from bot.probes.places import not_told, short

LONGEST = timedelta(days=30)
"""No further back is looked: Loki refuses more, and Sentry keeps the time before that for 90 days."""
PATIENCE = timedelta(hours=24)
"""So long a deployment that is on its way is waited for."""
SLACK = timedelta(hours=1)
"""So long beyond the time that is missing an answer is waited for."""
_Span = Annotated[str, Lasting(most=LONGEST)]


class SinceParams(Params):
    """Since when it should be gone, and how long that must have been."""

    deployed_to: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="Since the fix was deployed to this environment: `production`.",
    )
    since: _Span | None = Field(
        default=None,
        description="For so long up to now: `24h`, `7d`; with `deployed_to`, looked back no further: at least 1m and "
        "at most 30d.",
    )
    at_least: _Span = Field(
        default="1h",
        description="The least time that must have been watched: `2h`, `3d`; at least 1m and at most 30d, and no "
        "longer than `since`.",
    )
    grace: _Span = Field(
        default="10m",
        description="So long after a deployment nothing counts, since it takes a while: at least 1m and at most 30d.",
    )

    def check_times(self) -> None:
        """Raises `ValueError` for times that cannot be meant."""
        if self.most is not None and self.least > self.most:
            raise ValueError(
                f"`at_least` is longer than what is looked at: at most {written(self.most)}, as `since` says"
            )

    @property
    def most(self) -> timedelta | None:
        """How far back is looked at most; None where it is not said."""
        return span_of(self.since) if self.since is not None else None

    @property
    def least(self) -> timedelta:
        """The least time that must have been watched."""
        return span_of(self.at_least)

    @property
    def since_words(self) -> str:
        """Since when, in words; empty where nothing is said."""
        if self.deployed_to is None:
            return f"in the last {span(self.most)}" if self.most is not None else ""
        return f"since the fix was deployed to `{self.deployed_to}`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to when is looked; and when what was before ended, None where that is not known.

    `begin` may lie ahead of `end`: then nothing counts yet. `words` name it; `topics` tell when it moves.
    """

    begin: datetime
    end: datetime
    before: datetime | None
    words: str
    topics: tuple[str, ...] = ()

    @property
    def long(self) -> timedelta:
        """How long it is; none where it has not begun."""
        return max(self.end - self.begin, timedelta())

    @property
    def past(self) -> "Window | None":
        """As long a time before it; None where there was none, or nobody knows when."""
        if self.before is None or not self.long:
            return None
        return Window(begin=self.before - self.long, end=self.before, before=None, words="before")


def window_at(begin: datetime, before: datetime | None, words: str, now: datetime) -> Window:
    """What lies between a beginning and now, as far back as is looked at all."""
    return Window(begin=max(begin, now - LONGEST), end=now, before=before, words=words)


async def window_of(params: SinceParams, context: Context, asked: Evidence) -> Window | Evidence:
    """The time that is looked at; or the evidence why there is none, made from what is `asked`."""
    if params.deployed_to is not None:
        return await _since_deployed(params, params.deployed_to, context, asked)
    begin = context.now - (params.most or LONGEST)
    return window_at(begin, landed(context), f"in the last {span(params.most or LONGEST)}", context.now)


def too_short(window: Window, params: SinceParams, asked: Evidence) -> Evidence:
    """The evidence that too little time has passed: it is waited for the rest."""
    words = f"only {span(window.long)} {window.words}" if window.long else f"{window.words} nothing counts yet"
    return replace(
        asked,
        outcome=Outcome.PENDING,
        reason=Reason.STILL_RUNNING,
        observed=f"{asked.observed}{'; ' if asked.observed else ''}{words}, {params.at_least} is asked for",
        waits_for=Wait(
            topics=window.topics,
            what=f"{params.at_least} without it",
            until=window.begin + params.least + SLACK,
        ),
    )


def landed(context: Context) -> datetime | None:
    """When the oldest commit of the fix came to the default branch; None where that is not known."""
    known = {commit.oid: commit.committed_at for commit in context.snapshot.history}
    return known.get(context.fix.commits[-1]) if context.fix.commits else None


async def _since_deployed(
    params: SinceParams, environment: str, context: Context, asked: Evidence
) -> Window | Evidence:
    if not context.fix.commits:
        observed = "no merged pull request or commit of this fix was found, so nobody knows since when it runs"
        return replace(asked, observed=observed, remedy="Link the pull request that carries the fix.")
    told = await _deployments(environment, context)
    if isinstance(told, Unknown):
        return not_told(told, expected=asked.expected, source=asked.source)
    live = next((place for place, one in enumerate(told) if is_live(one)), len(told))
    if live == len(told) or not await has_whole_fix(told[live].sha, context):
        return await _not_live(told[:live], environment, asked, context)
    first = await first_with_fix(told[live:], context)
    begin = first.created_at + span_of(params.grace)
    if params.most is not None:
        begin = max(begin, context.now - params.most)
    when = moment(first.created_at, seen_from=context.now)
    words = f"since `{short(first.sha)}` was deployed to `{environment}` ({when})"
    topic = deployment_topic(context.snapshot.repository.id, first.environment)
    return replace(window_at(begin, first.created_at, words, context.now), topics=(topic,))


async def _deployments(environment: str, context: Context) -> tuple[Deployment, ...] | Unknown:
    """The deployments to an environment, newest first: all that GitHub tells, where the newest may not be enough."""
    told, known = await deployments_of(context, environment), context.snapshot.deployments
    if isinstance(told, Unknown) or isinstance(known, Unknown) or not told or len(known) < IN_SNAPSHOT:
        return told
    return await context.reader.deployments(told[0].environment)


async def _not_live(newer: tuple[Deployment, ...], environment: str, asked: Evidence, context: Context) -> Evidence:
    """The evidence that the environment does not run the fix, or not yet. `newer` came after what is live."""
    coming = next((one for one in newer if one.state in ON_THE_WAY), None)
    if coming is not None and not await has_whole_fix(coming.sha, context):
        coming = None
    if coming is None:
        observed = f"`{environment}` does not run the fix"
        return replace(asked, observed=observed, remedy=f"Deploy a commit that contains the fix to `{environment}`.")
    topic = deployment_topic(context.snapshot.repository.id, coming.environment)
    wait = Wait(topics=(topic,), what=f"the deployment to `{coming.environment}`", until=context.now + PATIENCE)
    observed = f"a deployment of `{short(coming.sha)}` to `{environment}` is on its way"
    return replace(asked, outcome=Outcome.PENDING, reason=Reason.STILL_RUNNING, observed=observed, waits_for=wait)
