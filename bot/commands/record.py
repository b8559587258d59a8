"""The learning document after a closing: proposed by a pull request, or committed straight to a branch.

Rules:
1. Only where the policy says `record`, and only where we may act; else the answer says that none is written.
2. One open pull request an issue: what a later assessment finds is added to it as a commit. Once it is merged or closed
   the next one has a branch of its own; what a person closed unmerged is not proposed again. Where people opened
   older ones again, the newest open one is gone on with, and the others are named.
3. Where the title or the policy has moved them, our earlier files of the issue go in the same commit.
4. Nothing of people's is overwritten: neither a file that they changed last, nor a branch that they work on.
5. The same findings are the same content: then nothing is written, whenever they were measured.
6. The record of a closing stands: an assessment that only verifies what is closed does not write it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bot.actions.files import Committing, Wanted, missing, stands
from bot.actions.proposing import Proposing
from bot.actions.trouble import answer_or_refusal
from bot.assessment import proposal
from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.evidence import Sha
from bot.assessment.marker import Place as Marked
from bot.assessment.policy import RecordMode
from bot.assessment.record import documents, headline
from bot.assessment.record_paths import UnsafePath
from bot.commands.after import After, Part, with_done
from bot.commands.record_notes import Kept, keep_record, kept_record, moved_from, tells_of, with_written
from bot.commands.recording import (
    Choice,
    Free,
    Going,
    Standing,
    besides,
    blocked,
    choice_of,
    done,
    lacks,
    refused,
    standing_of,
    theirs,
    unchanged,
)
from bot.commands.request import AftermathRequest
from bot.engine import Json, Refused, UnknownOutcome
from bot.github.branches import At, BranchView, LastChange
from bot.github.errors import GitHubError
from bot.github.proposals import NewProposal

MOST_PROPOSALS = 9
"""Of one issue, one after another."""


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen before anything is written: where to write, or how it ended already.

    `branch` begins at `start` where it is not there; `seen` are the object ids of the files, and of those that are to
    go, as they stood on the branch `on`. `pull` is the number of our open pull request, `text` its text, `url` its
    page, `older` are those from before it that are open as well.
    """

    end: tuple[str, str] | None = None
    base: str = ""
    branch: str = ""
    start: str = ""
    on: str = ""
    gone: tuple[str, ...] = ()
    seen: dict[str, str | None] = {}
    pull: int | None = None
    text: str = ""
    url: str = ""
    older: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The files that are to stand in the repository, the fingerprint of what they say, and the commit's subject."""

    subject: str
    files: tuple[tuple[str, str], ...]
    content: str

    @property
    def paths(self) -> tuple[str, ...]:
        """Where they are to stand."""
        return tuple(path for path, _ in self.files)


def is_owed(request: AftermathRequest, assessment: Assessment) -> bool:
    """Does the policy want a learning document?"""
    del assessment
    return request.wishes.record.mode is not RecordMode.OFF


async def record(after: After) -> Assessment:
    """Look, write the difference; the document with what was done."""
    kept = await _kept_record(after)
    if tells_of(kept, after.assessment):
        return after.assessment
    outcome = await _recorded(after, kept)
    if outcome.ending in {Ending.DONE, Ending.UNCHANGED}:
        await after.turn.step("record kept", lambda: _remember(after, kept))
    if outcome.ending in {Ending.REFUSED, Ending.UNKNOWN}:
        after.report("no-record", outcome.text)
    return with_done(after.assessment, outcome)


def would(request: AftermathRequest, assessment: Assessment) -> str:
    """How the document would get into the repository."""
    del assessment
    way = "committed" if request.wishes.record.mode is RecordMode.BRANCH else "proposed in a pull request"
    return f"a learning document {way}"


PART = Part(name="record", owed=is_owed, do=record, would=would)


async def _kept_record(after: After) -> Kept | None:
    async def read() -> Json:
        kept = await kept_record(after.tools.notes, after.place.key, after.tools.clock())
        packed: Json = msgspec.to_builtins(kept)
        return packed

    return msgspec.convert(await after.turn.step("record known", read), Kept | None)


async def _remember(after: After, kept: Kept | None) -> Json:
    written = with_written(kept, _papers(after).paths, after.assessment)
    await keep_record(after.tools.notes, after.place.key, written, after.tools.clock())
    return None


async def _recorded(after: After, kept: Kept | None) -> Done:
    if not after.request.acting:
        return refused("by myself I only advise here (`mode: advise`)")
    try:
        papers = _papers(after)
    except UnsafePath as unsafe:
        return refused(str(unsafe))
    sight = msgspec.convert(await after.turn.step("record look", lambda: _look(after, papers, kept)), Sight)
    if sight.end is not None:
        return Done(action=ActionKind.RECORD, ending=Ending(sight.end[0]), text=sight.end[1])
    try:
        await after.turn.write("record", _committing(after, papers, sight))
    except Refused as refusal:
        return _not_committed(after, sight, refusal.reason)
    except UnknownOutcome as unknown:
        return Done(action=ActionKind.RECORD, ending=Ending.UNKNOWN, text=f"learning document: {unknown}")
    if after.request.wishes.record.mode is RecordMode.BRANCH:
        return done(f"learning document `{papers.paths[0]}` on {sight.base}")
    if sight.pull is not None:
        await after.turn.step("record words", lambda: _reword(after, papers, sight))
        return done(f"learning document updated in #{sight.pull}{besides(sight.older)}", sight.url)
    return await _propose(after, papers, sight)


async def _look(after: After, papers: Papers, kept: Kept | None) -> Json:
    """Raises `Later` and `Unavailable`, so that the job looks again."""
    found = await answer_or_refusal(_seen(after, papers, kept))
    if isinstance(found, GitHubError):
        found = refused(str(found))
    if isinstance(found, Done):
        found = Sight(end=(found.ending, found.text))
    packed: Json = msgspec.to_builtins(found)
    return packed


async def _seen(after: After, papers: Papers, kept: Kept | None) -> Sight | Done:
    look = _look_at_branch if after.request.wishes.record.mode is RecordMode.BRANCH else _look_for_proposal
    found = await look(after, papers)
    if isinstance(found, Done):
        return found
    outdated = await _outdated(after, found.on, moved_from(kept, papers.paths))
    return msgspec.structs.replace(found, gone=tuple(outdated), seen=found.seen | outdated)


async def _outdated(after: After, branch: str, paths: tuple[str, ...]) -> dict[str, str | None]:
    """Which of these files stand on a branch as we wrote them, with their object ids."""
    if not paths:
        return {}
    view = await after.session.branch_view(branch, paths)
    there = {one.path: one.oid for one in view.paths if one.at is At.FILE}
    if view.head is None or not there:
        return {}
    changes = await after.session.last_changes(view.head, tuple(there))
    return {one.path: there[one.path] for one in changes if one.ours}


async def _look_at_branch(after: After, papers: Papers) -> Sight | Done:
    lacking = await after.session.may_not_write("contents")
    if lacking:
        return lacks(lacking)
    view = await after.session.branch_view(after.request.wishes.record.branch, papers.paths)
    trouble = blocked(view)
    if trouble is not None:
        return trouble
    where = f"on {view.branch}"
    return await _kept(after, papers, view, where) or _sight(view, view)


async def _look_for_proposal(after: After, papers: Papers) -> Sight | Done:
    lacking = await after.session.may_not_write("contents", "pull_requests")
    if lacking:
        return lacks(lacking)
    base = await after.session.branch_view(after.request.wishes.record.branch, papers.paths)
    trouble = blocked(base)
    if trouble is not None:
        return trouble
    if stands(base, papers.files):
        return unchanged(f"learning document unchanged on {base.branch}")
    chosen = await _chosen(after, papers)
    if isinstance(chosen, Done):
        return chosen
    found = await _look_at_proposal(after, papers, chosen, base)
    return found if isinstance(found, Done) else msgspec.structs.replace(found, older=chosen.older)


async def _chosen(after: After, papers: Papers) -> Choice | Done:
    """All of the issue's branches are asked about, up to the first that nothing was ever proposed from."""
    standings: list[tuple[str, Standing]] = []
    for number in range(1, MOST_PROPOSALS + 1):
        branch = proposal.branch_of(after.place.number, number)
        standings.append((branch, await _standing(after, branch, papers.content)))
        if isinstance(standings[-1][1], Free | Done):
            break
    return choice_of(standings)


async def _look_at_proposal(after: After, papers: Papers, chosen: Choice, base: BranchView) -> Sight | Done:
    branch, standing = chosen.branch, chosen.standing
    view = await after.session.branch_view(branch, papers.paths)
    if view.head is None:
        return _sight(base, base, branch=branch) if isinstance(standing, Free) else refused(f"{branch} is gone")
    trouble = blocked(view)
    if trouble is not None:
        return trouble
    if isinstance(standing, Going):
        one = standing.proposal
        kept = await _kept(after, papers, view, f"in #{one.number}")
        return kept or _sight(base, view, branch=branch, going=standing)
    others = await after.session.others_ahead(base.branch or "", branch)
    if others:
        return refused(f"{others[0]} has commits on {branch}, which is kept for me; rename or delete that branch")
    return _sight(base, view, branch=branch)


async def _standing(after: After, branch: str, content: str) -> Standing:
    there = await after.session.proposals_from(branch)
    marked, key = _marked(after), after.tools.key
    return standing_of(
        tuple((one, proposal.content_in(one.body, key=key, place=marked)) for one in there), branch, content
    )


async def _kept(after: After, papers: Papers, view: BranchView, where: str) -> Done | None:
    """Why what stands on a branch stays; None where it is to be written."""
    differing = {path for path, _ in missing(view, papers.files)}
    there = [one.path for one in view.paths if one.path in differing and one.oid is not None]
    if not differing:
        return unchanged(f"learning document unchanged {where}")
    if view.head is None:
        return None
    # also of what is not there: a person may have deleted it
    changes = await after.session.last_changes(view.head, sorted(differing))
    if set(there) == differing and _same(changes, there, papers.content):
        return unchanged(f"learning document unchanged {where}")
    return theirs(changes, where, there=frozenset(there))


def _same(changes: Sequence[LastChange], paths: Sequence[str], content: str) -> bool:
    """Are these files ours, and do they say the same? Pure."""
    ours = {one.path for one in changes if one.ours and proposal.content_of(one.message) == content}
    return ours == set(paths)


def _sight(base: BranchView, view: BranchView, *, branch: str | None = None, going: Going | None = None) -> Sight:
    """To write on `branch` what `view` lacks; it starts at the base. Pure."""
    return Sight(
        base=base.branch or "",
        branch=branch or base.branch or "",
        start=base.head or "",
        on=view.branch or "",
        seen={one.path: one.oid for one in view.paths},
        pull=None if going is None else going.proposal.number,
        text="" if going is None else going.proposal.body,
        url="" if going is None else going.proposal.url,
    )


def _committing(after: After, papers: Papers, sight: Sight) -> Committing:
    wanted = Wanted(
        branch=sight.branch,
        start=Sha(sight.start),
        files=papers.files,
        seen=sight.seen,
        headline=papers.subject,
        body=proposal.message(papers.content),
        gone=sight.gone,
    )
    return Committing(after.session, wanted=wanted, clock=after.tools.clock)


def _not_committed(after: After, sight: Sight, reason: str) -> Done:
    """Pure. GitHub refuses a protected branch in many words; which it is cannot be told from them."""
    if after.request.wishes.record.mode is not RecordMode.BRANCH:
        return refused(reason)
    way = f"if {sight.base} is protected, let this app bypass that, or use `record: pull-request`"
    return refused(f"{way} ({reason})")


async def _reword(after: After, papers: Papers, sight: Sight) -> Json:
    """Our pull request's text, where people left it as it was."""
    text = _text(after, papers)
    new = proposal.revised(sight.text, text, papers.content, key=after.tools.key, place=_marked(after))
    if new is None or sight.pull is None:
        return None
    edited = await answer_or_refusal(after.session.edit_proposal(sight.pull, {"body": new}))
    if isinstance(edited, GitHubError):
        after.report("record-not-reworded", str(edited))
    return None


async def _propose(after: After, papers: Papers, sight: Sight) -> Done:
    text = proposal.marked(_text(after, papers), papers.content, key=after.tools.key, place=_marked(after))
    title = proposal.title(after.place.number)
    new = NewProposal(head=sight.branch, base=sight.base, title=title, body=text)
    try:
        made = msgspec.convert(await after.turn.write("record proposal", Proposing(after.session, new=new)), _Made)
    except Refused as refusal:
        text = f"learning document is on {sight.branch}, without a pull request: {refusal.reason}"
        return Done(action=ActionKind.RECORD, ending=Ending.REFUSED, text=text)
    except UnknownOutcome as unknown:
        text = f"learning document is on {sight.branch}; whether a pull request was opened is not known: {unknown}"
        return Done(action=ActionKind.RECORD, ending=Ending.UNKNOWN, text=text)
    return done(f"learning document in #{made.number}", made.url)


class _Made(msgspec.Struct, frozen=True):
    number: int
    url: str


def _papers(after: After) -> Papers:
    policy = after.request.wishes.record
    made = documents(after.assessment, policy)
    files = tuple((one.path, one.content) for one in made)
    content = proposal.fingerprint(after.assessment, tuple(path for path, _ in files))
    return Papers(subject=headline(after.assessment), files=files, content=content)


def _text(after: After, papers: Papers) -> str:
    return proposal.body(after.assessment, papers.paths, evidence_url=_evidence(after))


def _evidence(after: After) -> str | None:
    return after.tools.evidence_url(after.assessment.id, after.assessment.finished_at)


def _marked(after: After) -> Marked:
    return Marked(repository_id=after.place.repository_id, issue=after.place.number)
