"""What of an issue can be looked at again after its closing, and whether what is looked at contains the fix."""

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
from bot.github.models import Unknown
from bot.probes.contract import Context, Fix
from bot.probes.live import deployments_of, has_whole_fix, newest_live


def watchable_of(prepared: Prepared) -> Watchable:
    """The questions whose answer can fall back, with the policy's moments. Pure.

    None where a person has closed the issue again after us: nothing is watched there any more.
    """
    asking, issue = prepared.asking, prepared.snapshot.issue
    known = replace(asking.known, hold=prepared.policy.labels.hold)
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
    """Do the default branch and the environment (None: as far as GitHub knew, it ran nowhere) contain the fix?

    Raises `bot.github.errors.RateLimited`.
    """
    if not context.fix.commits:
        return There(branch=True, service=True)
    branch = await _has(context, context.snapshot.head)
    return There(branch=branch, service=branch if environment is None else await _live(context, environment))


async def _live(context: Context, environment: str) -> bool | None:
    try:
        told = await deployments_of(context, environment)
    except RateLimited:
        raise
    except GitHubError:
        return None
    live = () if isinstance(told, Unknown) else tuple(newest_live(told).values())
    return await _has(context, live[0].sha) if live else None


async def _has(context: Context, sha: Sha | None) -> bool | None:
    try:
        return None if sha is None else await has_whole_fix(sha, context)
    except RateLimited:
        raise
    except GitHubError:
        return None
