"""Where a learning document goes, and whether it may: choices from what is there. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.assessment.document import ActionKind, Done, Ending
from bot.assessment.wording import listing
from bot.github.branches import At, BranchView, LastChange
from bot.github.proposals import Proposal

PERMISSIONS = {"contents": "contents: write", "pull_requests": "pull requests: write"}


@dataclass(frozen=True, slots=True)
class Free:
    """Nothing was ever proposed from the branch."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What was proposed from the branch is merged or closed, and it was something else."""


@dataclass(frozen=True, slots=True)
class Going:
    """Our proposal from the branch is open."""

    proposal: Proposal


Standing = Free | Finished | Going | Done


def standing_of(there: tuple[tuple[Proposal, str | None], ...], branch: str, content: str) -> Standing:
    """How the proposals from a branch stand, each with the fingerprint that it has; what ends it all is a `Done`."""
    running = next((one for one, _ in there if one.open), None)
    if running is not None and not running.ours:
        return refused(f"{running.author} opened #{running.number} from {branch}, which is kept for me")
    if running is not None:
        return Going(running)
    for one, proposed in there:
        if one.ours and proposed == content:
            if one.merged:
                return unchanged(f"learning document unchanged since #{one.number} was merged")
            return refused(f"#{one.number} proposed the same, and was closed unmerged")
    return Finished() if there else Free()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The branch that is gone on with, how it stands, and the open pull requests of ours from before it."""

    branch: str
    standing: Free | Going
    older: tuple[int, ...] = ()


def choice_of(standings: Sequence[tuple[str, Standing]]) -> Choice | Done:
    """Which of an issue's branches, oldest first: the newest that is open, else the first that is free."""
    end = next((one for _, one in standings if isinstance(one, Done)), None)
    if end is not None:
        return end
    going = [(branch, one) for branch, one in standings if isinstance(one, Going)]
    if going:
        older = tuple(one.proposal.number for _, one in going[:-1])
        return Choice(branch=going[-1][0], standing=going[-1][1], older=older)
    free = next(((branch, one) for branch, one in standings if isinstance(one, Free)), None)
    if free is None:
        return refused(f"{len(standings)} pull requests of this issue were merged or closed already")
    return Choice(branch=free[0], standing=free[1])


def besides(older: tuple[int, ...]) -> str:
    """What is said of open pull requests that are left behind."""
    if not older:
        return ""
    verb, them = ("is", "it") if len(older) == 1 else ("are", "them")
    return f"; {listing([f'#{number}' for number in older])} {verb} older and open as well: close {them}"


def lacks(missing: tuple[str, ...]) -> Done:
    """The app may not write. Whoever runs it can change that, and whoever installed it has to agree."""
    named = listing([PERMISSIONS[one] for one in missing])
    return refused(f"this app lacks {named}; grant it in the app's settings, and accept it where it is installed")


def blocked(view: BranchView) -> Done | None:
    """Why nothing can be written on a branch, whatever its files are; None where it can."""
    if view.archived:
        return refused("the repository is archived")
    if view.default is None:
        return refused("the repository is empty")
    if view.head is None:
        return refused(f"there is no branch {view.branch}; create it, or change `record.branch` in the policy")
    for one in view.paths:
        if one.behind is not None:
            return refused(f"`{one.path}` leads through {one.behind}, which is no folder on {view.branch}")
        if one.at not in {At.NOTHING, At.FILE}:
            return refused(f"at `{one.path}` stands {one.at} on {view.branch}")
    return None


def theirs(changes: tuple[LastChange, ...], where: str, *, there: frozenset[str]) -> Done | None:
    """Somebody else changed one of the files last, or deleted it (what is not `there`), so that it is left as it is."""
    changed = next((one for one in changes if not one.ours), None)
    if changed is None:
        return None
    if changed.path not in there:
        return refused(f"{changed.author} deleted `{changed.path}` {where}, so it stays away; restore it to have it")
    return refused(f"{changed.author} changed `{changed.path}` {where}, so it stays; rename it to have a new one")


def refused(why: str) -> Done:
    """Nothing was written, and why."""
    return Done(action=ActionKind.RECORD, ending=Ending.REFUSED, text=f"no learning document written: {why}")


def unchanged(text: str) -> Done:
    """It is there already."""
    return Done(action=ActionKind.RECORD, ending=Ending.UNCHANGED, text=text)


def done(text: str, url: str | None = None) -> Done:
    """It was written."""
    return Done(action=ActionKind.RECORD, ending=Ending.DONE, text=text, url=url)
