"""Does an environment run the fix? What counts is its newest live deployment, whatever was tried since.

An environment that runs what came before the fix is waited for, counted from when the fix came to the default branch;
not where a deployment of it has failed or was taken back.

Contained is told by ancestry: the deployed commit must have every commit of the fix in its history, and what they did
must stand there: it may have been reverted on the way to it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason, Sha, Source, Wait
from bot.assessment.topics import deployment as deployment_topic
from bot.assessment.wording import moment, span
from bot.github.errors import NotFound
from bot.github.models import Deployment, Unknown
from bot.probes.asking import together
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.deployment_params import DeploymentParams
from bot.probes.fate import undone_in
from bot.probes.live import (
    FAILED,
    ON_THE_WAY,
    deployments_of,
    environments,
    foremost_first,
    is_live,
    newest_live,
    same_environment,
)
from bot.probes.places import at_head, commit_url, counted, listed, not_told, short

PATIENCE = timedelta(hours=24)
"""So long a deployment that is on its way is waited for."""

MOST_ENVIRONMENTS = 8
"""So many environments are looked into at most where none is named."""

_MOST_BEFORE = 5  # deployments besides the live one that are looked at for the fix

_BEST_FIRST = (Outcome.PASS, Outcome.PENDING, Outcome.FAIL, Outcome.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked of one environment: which commits it must run, how old that may be, how long it is waited for."""

    commits: tuple[Sha, ...]
    what: str  # "the fix", "`85375b9`"
    expected: str
    most_age: timedelta | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What was found about one environment. `behind`: how many commits lead from there to what is asked for.

    `until`: so long it is waited for. `awaited`: a deployment that has begun.
    """

    environment: str
    outcome: Outcome
    reason: Reason
    text: str
    live: Deployment | None = None
    behind: int | None = None
    details: tuple[Detail, ...] = ()
    awaited: Deployment | None = None
    until: datetime | None = None


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, DeploymentParams)
    what = f"`{short(params.commit)}`" if params.commit else "the fix"
    place = f"`{params.environment}` runs" if params.environment else "a live environment runs"
    age = f", deployed within {params.within}" if params.within else ""
    expected = f"{place} {what}{age}"
    commits = await _commits(params, context)
    if not commits:
        return _nothing_to_look_for(params, expected, context)
    told = await deployments_of(context, params.environment)
    if isinstance(told, Unknown):
        return not_told(told, expected=expected, source=_source(context, params.environment, None))
    if not told:
        return await _none(params, expected, context)
    until = _until(question, commits, context)
    asked = _Asked(commits=commits, what=what, expected=expected, most_age=params.most_age, until=until)
    if params.environment is not None:
        return _evidence(await _examine(told[0].environment, told, asked, context), (), asked, context)
    return await _ask_all(told, asked, context)


async def _commits(params: DeploymentParams, context: Context) -> tuple[Sha, ...]:
    if params.commit is None:
        return context.fix.commits
    named = await context.reader.commit(params.commit.lower())
    return (named.oid,) if named is not None else ()


def _until(question: Question, commits: tuple[Sha, ...], context: Context) -> datetime | None:
    """How long a deployment that nobody has begun yet is waited for; None where it is not (any more)."""
    promised = context.promised.get(question.criterion.id)
    if promised is not None:
        return promised  # what becomes of it when it is over is the promise's own rule
    params = question.params
    assert isinstance(params, DeploymentParams)
    landed = [commit.committed_at for commit in context.snapshot.history if commit.oid in commits]
    if len(landed) < len(commits):
        return None
    until = max(landed) + params.patience
    return until if context.now < until else None


def _nothing_to_look_for(params: DeploymentParams, expected: str, context: Context) -> Evidence:
    named = params.commit is not None
    return Evidence(
        outcome=Outcome.FAIL if named else Outcome.MISSING,
        reason=Reason.NOT_FOUND if named else Reason.NOTHING_TO_MEASURE,
        expected=expected,
        observed="no such commit in this repository"
        if named
        else "no merged pull request or commit of this fix was found, so there is nothing to look for",
        source=at_head(context),
        remedy="Name the commit that carries the fix."
        if named
        else "Link the pull request that carries the fix, or name its commit.",
    )


async def _none(params: DeploymentParams, expected: str, context: Context) -> Evidence:
    """Nothing was ever deployed there; the names that there are may show a slip of the pen."""
    every = await deployments_of(context, None) if params.environment is not None else ()
    names = environments(every) if not isinstance(every, Unknown) else ()
    observed = "nothing was ever deployed from this repository"
    if names:
        there = listed(tuple(f"`{name}`" for name in names))
        observed = f"nothing was ever deployed to `{params.environment}` (there is {there})"
    return Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=expected,
        observed=observed,
        source=_source(context, params.environment, None),
        remedy="Correct the environment's name, or let the deployment tell GitHub of itself.",
    )


async def _ask_all(told: tuple[Deployment, ...], asked: _Asked, context: Context) -> Evidence:
    """Any live environment will do: the best answer counts, and the others are listed."""
    names = foremost_first(environments(newest_live(told).values())) or environments(told)
    chosen = names[:MOST_ENVIRONMENTS]
    parts = await together(
        _examine(name, tuple(one for one in told if same_environment(one.environment, name)), asked, context)
        for name in chosen
    )
    best = min(parts, key=lambda part: (_BEST_FIRST.index(part.outcome), part.awaited is None))
    return _evidence(best, tuple(part for part in parts if part is not best), asked, context)


async def _examine(name: str, told: tuple[Deployment, ...], asked: _Asked, context: Context) -> _Part:
    """One environment; `told` are its deployments, newest first."""
    live = next((one for one in told if is_live(one)), None)
    since = told[: told.index(live)] if live is not None else told
    details = _tried(since, context)
    if live is None:
        part = _Part(
            environment=name,
            outcome=Outcome.FAIL,
            reason=Reason.DOES_NOT_HOLD,
            text=f"nothing is live in `{name}`: its newest deployment, of `{short(told[0].sha)}`, is {_state(told[0])}",
            details=details,
        )
        return await _or_awaited(part, since, asked, context)
    try:
        behind = await _behind(live.sha, asked, context)
    except NotFound:
        return _Part(
            environment=name,
            outcome=Outcome.ERROR,
            reason=Reason.NOT_LOOKED_AT,
            text=f"`{name}` runs `{short(live.sha)}`, which this repository no longer has",
            live=live,
            details=details,
        )
    if behind == 0:
        return await _contained(name, live, details, asked, context)
    apart = f"{counted(behind, 'commit')} before {asked.what}" if behind else f"which shares nothing with {asked.what}"
    part = _Part(
        environment=name,
        outcome=Outcome.FAIL,
        reason=Reason.DOES_NOT_HOLD,
        text=f"`{name}` runs `{short(live.sha)}`, {apart}",
        live=live,
        behind=behind,
        details=details,
    )
    part = await _or_awaited(part, since, asked, context)
    if part.outcome is Outcome.PENDING or not behind or not await _may_come(told, live, asked, context):
        return part
    return replace(part, outcome=Outcome.PENDING, reason=Reason.STILL_RUNNING, until=asked.until)


async def _may_come(told: tuple[Deployment, ...], live: Deployment, asked: _Asked, context: Context) -> bool:
    """Whether the fix may still be on its way: it is waited for, and was neither tried in vain nor taken back."""
    if asked.until is None:
        return False
    others = tuple(one for one in told if one is not live)
    if any(one.state in FAILED for one in others[: told.index(live)]):
        return False
    for one in others[:_MOST_BEFORE]:
        try:
            if await _behind(one.sha, asked, context) == 0:
                return False
        except NotFound:
            continue
    return True


async def _contained(
    name: str, live: Deployment, details: tuple[Detail, ...], asked: _Asked, context: Context
) -> _Part:
    age = context.now - live.created_at
    when = f"since {moment(live.created_at, seen_from=context.now)}"
    old = asked.most_age is not None and age > asked.most_age
    text = f"`{name}` runs `{short(live.sha)}` {when}, which contains {asked.what}"
    told = await together(undone_in(context, commit, live.sha) for commit in asked.commits)
    undone = next((words for words in told if words is not None), None)
    if undone is not None:
        return _Part(
            environment=name,
            outcome=Outcome.FAIL,
            reason=Reason.REVERTED,
            text=f"{text}, but {undone}",
            live=live,
            details=details,
        )
    return _Part(
        environment=name,
        outcome=Outcome.FAIL if old else Outcome.PASS,
        reason=Reason.DOES_NOT_HOLD if old else Reason.HOLDS,
        text=f"{text}, but was deployed {span(age)} ago" if old else text,
        live=live,
        behind=0,
        details=details,
    )


async def _behind(sha: Sha, asked: _Asked, context: Context) -> int | None:
    """How many commits lead from a deployed one to what is asked for; None with nothing in common."""
    told = await together(context.reader.beyond(sha, commit) for commit in asked.commits)
    known = [one for one in told if one is not None]
    return max(known) if len(known) == len(told) else None


async def _or_awaited(part: _Part, since: tuple[Deployment, ...], asked: _Asked, context: Context) -> _Part:
    """The answer, or that a newer deployment with what is asked for is on its way."""
    coming = next((one for one in since if one.state in ON_THE_WAY), None)
    if coming is None:
        return part
    try:
        holds = await _behind(coming.sha, asked, context) == 0
    except NotFound:
        return part
    if not holds:
        return part
    text = f"{part.text}; a deployment of `{short(coming.sha)}`, which contains {asked.what}, is {_state(coming)}"
    return _Part(
        environment=part.environment,
        outcome=Outcome.PENDING,
        reason=Reason.STILL_RUNNING,
        text=text,
        live=part.live,
        behind=part.behind,
        details=part.details,
        awaited=coming,
        until=context.now + PATIENCE,
    )


def _tried(since: tuple[Deployment, ...], context: Context) -> tuple[Detail, ...]:
    """The newest deployment that failed after what is live: it replaces nothing, but is worth a word."""
    failed = next((one for one in since if one.state in FAILED), None)
    if failed is None:
        return ()
    when = moment(failed.created_at, seen_from=context.now)
    text = f"a later deployment of `{short(failed.sha)}` failed ({when})"
    return (Detail(text=text, url=commit_url(context, failed.sha)),)


def _state(deployment: Deployment) -> str:
    return {"in_progress": "in progress", "failure": "failed", "error": "failed"}.get(
        deployment.state, deployment.state or "without a state"
    )


def _evidence(part: _Part, others: tuple[_Part, ...], asked: _Asked, context: Context) -> Evidence:
    details = part.details + tuple(Detail(text=other.text) for other in others)
    if part.live is not None and part.live.url is not None:
        details = (Detail(text=f"`{part.environment}`", url=part.live.url), *details)
    return Evidence(
        outcome=part.outcome,
        reason=part.reason,
        expected=asked.expected,
        observed=part.text,
        source=_source(context, part.environment, part.live),
        details=details,
        remedy=_remedy(part, asked),
        measures=_measures(part, context),
        waits_for=_wait((part, *others), part.until, context) if part.until is not None else None,
    )


def _measures(part: _Part, context: Context) -> tuple[Measure, ...]:
    found: tuple[Measure, ...] = ()
    if part.live is not None:
        age = (context.now - part.live.created_at).total_seconds()
        found += (Measure(name="age", value=age, unit="s"),)
    if part.behind is not None:
        found += (Measure(name="behind", value=part.behind, unit="commits"),)
    return found


def _wait(parts: tuple[_Part, ...], until: datetime, context: Context) -> Wait:
    """Any of the environments that may still come will do."""
    coming = tuple(part.environment for part in parts if part.until is not None)
    here = context.snapshot.repository.id
    names = listed(tuple(f"`{name}`" for name in coming))
    return Wait(
        topics=tuple(deployment_topic(here, name) for name in coming), what=f"the deployment to {names}", until=until
    )


def _remedy(part: _Part, asked: _Asked) -> str | None:
    match part.outcome:
        case Outcome.FAIL if part.behind == 0:
            return f"Deploy to `{part.environment}` again."
        case Outcome.FAIL:
            return f"Deploy a commit that contains {asked.what} to `{part.environment}`."
        case Outcome.PENDING if part.awaited is None:
            return f"Deploy a commit that contains {asked.what} to `{part.environment}`: I look by myself then."
        case Outcome.PENDING:
            return f"Ask again when the deployment to `{part.environment}` has ended."
        case _:
            return None


def _source(context: Context, environment: str | None, live: Deployment | None) -> Source:
    page = f"{context.snapshot.url}/deployments"
    return Source(
        url=f"{page}/{quote(environment, safe='')}" if environment else page,
        place=f"deployments to `{environment}`" if environment else "deployments",
        sha=live.sha if live is not None else context.snapshot.head,
        fetched_at=context.snapshot.fetched_at,
    )


_MANUAL = Manual(
    question="Does the newest live deployment of the environment contain the fix?",
    example="- id: live\n  title: The fix runs in production\n  deployment: {environment: production}\n",
    outcomes=(
        (Outcome.PASS, "The environment's newest live deployment contains the fix, and is young enough, if asked."),
        (
            Outcome.FAIL,
            "It does not, it was undone there, nothing is live, it is too old, or the commit named does not exist.",
        ),
        (
            Outcome.PENDING,
            "A deployment that contains it is on its way; or what is live came before it, and `wait` is not over.",
        ),
        (Outcome.MISSING, "Nothing was ever deployed there, or no fix is known."),
        (Outcome.ERROR, "GitHub does not tell, or the repository no longer has the deployed commit."),
    ),
)


@dataclass(frozen=True, slots=True)
class DeploymentProbe:
    """What an environment runs."""

    kind: str = "deployment"
    params: type[Params] = DeploymentParams
    limit: timedelta = timedelta(seconds=30)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one environment, or about all that are live."""
        return await _ask(question, context)


PROBE = DeploymentProbe()
