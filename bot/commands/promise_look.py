"""Where a merged fix runs by now, as far as a promise asks for it: one look at it all.

What comes with the snapshot is mostly enough: one request, and one more to compare where the history does not tell.
"""

from dataclasses import replace
from datetime import datetime

from bot.actions.trouble import answer_or_refusal
from bot.assessment.evidence import Sha
from bot.assessment.promise import Look, Place, Promised, Runs, is_kept
from bot.commands.measure import rules_of
from bot.commands.request import PromiseRequest
from bot.commands.tools import Tools
from bot.config.load import Broken, Loaded
from bot.github.errors import GitHubError, Gone, IsPull, Moved, NotFound, Unavailable
from bot.github.models import Deployment, IssueNumber, Pull, Snapshot, StateReason, Unknown
from bot.github.session import Session
from bot.probes.asking import together
from bot.probes.contract import Context, Fix
from bot.probes.fate import undone_in
from bot.probes.live import ON_THE_WAY, deployments_of, is_live
from bot.probes.places import commit_url
from bot.probes.runs import holds

_DROPPED = {StateReason.NOT_PLANNED: "the issue is not planned", StateReason.DUPLICATE: "the issue is a duplicate"}


async def look_at(tools: Tools, request: PromiseRequest) -> Look:
    """How the promise stands now. Raises `Later` at a limit.

    That GitHub does not answer is an answer here: an outage while something is deployed must not end the promise.
    """
    session, now = tools.session(request.place), tools.clock()
    try:
        found = await answer_or_refusal(_look(tools, session, request, now))
    except Unavailable as error:
        return Look(at=now, mute=str(error), unanswered=True)
    match found:
        case NotFound() | Gone() | Moved() | IsPull():
            return Look(at=now, gone=str(found))
        case GitHubError():
            return Look(at=now, mute=str(found))
        case look:
            return look


async def never_deployed_to(context: Context, environments: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the environments that nothing was ever deployed to. Raises `bot.github.errors.GitHubError`."""
    told = await together(deployments_of(context, name) for name in environments)
    return tuple(name for name, found in zip(environments, told, strict=True) if found == ())


def context_of(snapshot: Snapshot, session: Session, tools: Tools, now: datetime) -> Context:
    """What reads are made with; no fix is known of."""
    repository = snapshot.repository
    return Context(
        snapshot=snapshot,
        reader=session.reader(snapshot),
        network=tools.egress.network(repository.id, repository.full_name),
        fix=Fix(commits=(), before=None, paths=()),
        now=now,
    )


async def _look(tools: Tools, session: Session, request: PromiseRequest, now: datetime) -> Look:
    snapshot = await session.snapshot(IssueNumber(request.place.number))
    rules = rules_of(snapshot)
    if isinstance(rules, Broken):
        return Look(at=now, mute="the policy cannot be used")
    why = _why_gone(snapshot, rules)
    if why is not None:
        return Look(at=now, gone=why)
    context = context_of(snapshot, session, tools, now)
    pull = await _pull(request.pull, context)
    promised = None if pull is None else promised_of(pull, snapshot, rules)
    if promised is None:
        return Look(at=now, gone="the pull request has no merge commit")
    context = replace(context, fix=Fix(commits=(Sha(promised.commit),), before=None, paths=()))
    deployed = rules.policy.deployed
    assert deployed is not None  # else it is gone
    places = await together(_place(name, context) for name in deployed.environments)
    mute = "the issue is locked" if snapshot.issue.locked else None
    look = Look(at=now, promised=promised, places=places, mute=mute)
    if is_kept(look) or now < promised.merged_at + promised.within:
        return look
    undone = await _undone(context)
    return look if undone is None else Look(at=now, gone=undone)


def _why_gone(snapshot: Snapshot, rules: Loaded) -> str | None:
    """Why nothing is promised here any more. Pure."""
    if rules.policy.deployed is None:
        return "the policy asks for it no more"
    if snapshot.is_archived:
        return "the repository is archived"
    return _DROPPED.get(snapshot.issue.state_reason) if snapshot.issue.state_reason is not None else None


def promised_of(pull: Pull, snapshot: Snapshot, rules: Loaded) -> Promised | None:
    """What the pull request's merge promises; None where it has none. Pure."""
    deployed = rules.policy.deployed
    if pull.merge_commit is None or pull.merged_at is None or deployed is None:
        return None
    return Promised(
        issue_node=snapshot.issue.node_id,
        pull=pull.number,
        pull_url=pull.url,
        merged_at=pull.merged_at,
        commit=pull.merge_commit,
        commit_url=f"{snapshot.url}/commit/{pull.merge_commit}",
        branch=pull.base,
        within=deployed.within,
        policy=rules.policy.digest,
    )


async def _pull(number: int, context: Context) -> Pull | None:
    linked = context.snapshot.issue.closing_pulls
    known = () if isinstance(linked, Unknown) else linked
    here = context.snapshot.repository.full_name.casefold()
    found = next((one for one in known if one.number == number and one.repository.casefold() == here), None)
    return found or await context.reader.pull(number)


async def _place(name: str, context: Context) -> Place:
    """One environment: its newest live deployment against the fix."""
    told = await deployments_of(context, name)
    if isinstance(told, Unknown):
        return Place(name=name, runs=Runs.UNKNOWN, why=told.reason)
    if not told:
        return Place(name=name, runs=Runs.UNKNOWN, why="no deployment to it was ever seen")
    live = next((one for one in told if is_live(one)), None)
    since = told if live is None else told[: told.index(live)]
    coming = next((one for one in since if one.state in ON_THE_WAY), None)
    place = await _live(name, live, context)
    if place.runs is not Runs.NO or coming is None:
        return place
    return Place(
        name=name,
        runs=Runs.NO,
        sha=place.sha,
        url=place.url,
        at=place.at,
        behind=place.behind,
        why=place.why,
        coming=await holds(context, context.fix.commits[0], within=coming.sha),
    )


async def _live(name: str, live: Deployment | None, context: Context) -> Place:
    if live is None:
        return Place(name=name, runs=Runs.NO, why="nothing is live there")
    fix, sha, url, at = context.fix.commits[0], live.sha, commit_url(context, live.sha), live.created_at
    try:
        behind = await context.reader.beyond(sha, fix)
    except NotFound:
        why = "what runs there is no longer in this repository"
        return Place(name=name, runs=Runs.UNKNOWN, sha=sha, url=url, at=at, why=why)
    undone = await undone_in(context, fix, sha) if behind == 0 else None
    runs = Runs.YES if behind == 0 and undone is None else Runs.NO
    return Place(name=name, runs=runs, sha=sha, url=url, at=at, behind=behind, why=undone or "")


async def _undone(context: Context) -> str | None:
    """Why the fix does not stand at the default branch's head; None where it does."""
    fix, head = context.fix.commits[0], context.snapshot.head
    if head is None or not await holds(context, fix, within=head):
        return "the fix is not on the default branch"
    undone = await undone_in(context, fix, head)
    return None if undone is None else f"the fix was taken out again: {undone}"
