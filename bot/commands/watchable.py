"""What of an issue can be looked at again after its closing, and whether what is looked at contains the fix."""

from collections.abc import Iterable
from dataclasses import replace

from bot.assessment.document import Assessment
from bot.assessment.evidence import CriterionId, Sha
from bot.assessment.history import contradiction
from bot.assessment.regression import Sighting, sighting
from bot.assessment.watching import Subject, There, may_fall
from bot.commands.measure import Prepared
from bot.commands.request import Watchable
from bot.commands.standing import happened_to
from bot.github.errors import GitHubError, RateLimited
from bot.github.models import Deployment, Unknown
from bot.probes.asking import together
from bot.probes.contract import Context, Fix
from bot.probes.live import (
    READ_AT_MOST,
    deployments_of,
    has_whole_fix,
    is_foremost,
    newest_live,
    same_environment,
)

_MOST_ENVIRONMENTS = 20


def watchable_of(prepared: Prepared) -> Watchable:
    """The questions whose answer can fall back, with the policy's moments. Pure.

    None where a person has closed the issue again after us: nothing is watched there any more. Nor where the history
    cannot be read in full: no look could tell whether it is still to be watched, so none is promised.
    """
    asking, issue = prepared.asking, prepared.snapshot.issue
    known = replace(asking.known, hold=prepared.policy.labels.hold)
    if isinstance(issue.history, Unknown) or not issue.history_complete:
        return Watchable()
    said = contradiction(happened_to(issue, known), commanded=known.commanded)
    if said is not None and said.for_good:
        return Watchable()
    told = {one.criterion.id: one.params.tells_of for one in prepared.questions}
    subjects: dict[str, Subject] = {name: subject for name, subject in told.items() if subject is not Subject.SETTLED}
    return Watchable(
        subjects=subjects,
        asks={name: prepared.fingerprints[CriterionId(name)] for name in subjects},
        fix=prepared.fix.commits,
        ladder=prepared.policy.watch,
    )


def held_of(assessment: Assessment, watchable: Watchable) -> tuple[Sighting, ...]:
    """What held at the closing, had to hold, and can fall back. Pure."""
    return tuple(
        sighting(one) for one in assessment.findings if one.criterion.id in watchable.subjects and may_fall(one)
    )


def narrowed(prepared: Prepared, watchable: Watchable, held: tuple[Sighting, ...]) -> Prepared:
    """Only what held at the closing, where it is still asked in the same way; about the same fix. Pure.

    What it was before the fix is known by now, and not asked again.
    """
    names, asked = {one.criterion for one in held}, prepared.fingerprints
    return replace(
        prepared,
        questions=tuple(
            one
            for one in prepared.questions
            if (name := one.criterion.id) in names and watchable.asks.get(name) == asked[name]
        ),
        faulty=(),
        claimed=replace(prepared.claimed, unmeasured=()),
        fix=Fix(commits=watchable_commits(watchable), before=None, paths=()),
    )


def watchable_commits(watchable: Watchable) -> tuple[Sha, ...]:
    """The commits of the fix."""
    return tuple(Sha(sha) for sha in watchable.fix)


async def whether_there(context: Context, environment: str | None) -> There:
    """Do the default branch and what runs contain the fix? `environment` is where the fix ran at the closing, if known.

    Only where nothing is ever deployed, what runs is the default branch. Where the fix's commits are not known, nobody
    can tell of a deployment whether it has them. Raises `bot.github.errors.RateLimited`.
    """
    undeployed = environment is None and context.snapshot.deployments == ()
    if not context.fix.commits:
        return There(branch=True, service=True if undeployed else None)
    branch = await _has(context, context.snapshot.head)
    return There(branch=branch, service=branch if undeployed else await _live(context, environment))


async def _live(context: Context, environment: str | None) -> bool | None:
    """Does what is live contain the fix? None where only some of it does, or where that could not be read."""
    try:
        told = await deployments_of(context, None)
        there = () if environment is None else await deployments_of(context, environment)
    except RateLimited:
        raise
    except GitHubError:
        return None
    if isinstance(told, Unknown) or isinstance(there, Unknown):
        return None
    running = in_question((*there, *told), environment, cut=len(told) >= READ_AT_MOST)
    having = set(await together(_has(context, sha) for sha in running))
    return having.pop() if len(having) == 1 else None


def in_question(told: Iterable[Deployment], environment: str | None, *, cut: bool) -> tuple[Sha, ...]:
    """The live commits of which a question about what runs may tell; `told` are newest first. Pure.

    A question does not say which environment it asks: it may be that in which the fix ran at the closing, and as well
    the one that people use. Without either it may be any. None at all where that cannot be told (`cut`: there are
    more deployments).
    """
    live = newest_live(told)
    meant = {name for name in live if environment is not None and same_environment(name, environment)}
    foremost = {name for name in live if is_foremost(name)}
    if environment is not None:
        names = meant | foremost if meant else set[str]()
    else:
        names = foremost if foremost or cut else set(live)
    return () if len(names) > _MOST_ENVIRONMENTS else tuple(live[name].sha for name in sorted(names))


async def _has(context: Context, sha: Sha | None) -> bool | None:
    try:
        return None if sha is None else await has_whole_fix(sha, context)
    except RateLimited:
        raise
    except GitHubError:
        return None
