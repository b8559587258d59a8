"""An issue was closed as completed by somebody else: it is assessed where the policy guards that, and answered shortly.

Rules:
1. Whether such closings are guarded is read first, alone; where they are not, that is remembered for ten minutes.
2. One note a closer and issue: who closes it again after a note has the same note edited, is told nothing anew, and it
   is not opened again: an edit tells nobody. A note that somebody deleted is not written again. Notes about earlier
   closings are outdated by a newer one.
3. It is opened again only with a note that says so. Labels alone need no word.
4. What waits for something, or is held back by the breaker, says nothing until then, but asks who has to confirm it.
   What could not be decided says nothing at all, where nobody was asked.
5. Nobody waits for a word: whatever goes wrong is told to the operator alone.
6. A note that asks does not outlive its waiting: whatever ends it is said there, unless a newer closing's look has
   spoken there since; see `bot.commands.guard_notes`.
"""

from dataclasses import replace
from datetime import timedelta

import msgspec

from bot.actions.comment import Upsert
from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec
from bot.assessment.breaker import Hold
from bot.assessment.document import Assessment
from bot.assessment.guard_note import asking, correcting, guard_note, heeding, no_longer, speaks
from bot.assessment.marker import MarkKind
from bot.assessment.policy import GuardMode, Role
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands.asked_open import asked_open
from bot.commands.assess import act_unless_held, expected, keep, keep_final, tell, unspoken
from bot.commands.commanded import commanded_at
from bot.commands.glance import newest
from bot.commands.guard_notes import Noted, is_overwritten, noted, put_away, remember
from bot.commands.guarding import Closed, answered, told_before, why_left
from bot.commands.holding import come_again, held_back, without_change
from bot.commands.looked import Looked
from bot.commands.measure import Prepared, rules_in
from bot.commands.merge import linked_issues
from bot.commands.request import Errand, GuardRequest, unpack
from bot.commands.route import scope_of
from bot.commands.run import Run, Sight
from bot.commands.saying import Asker
from bot.commands.standing import Known, closing_of, keyword_of, own_marks
from bot.commands.starting import start
from bot.commands.tools import Tools, bears, mark
from bot.commands.waiting import Left, hear, is_news, park, waits_of
from bot.config.load import Broken
from bot.engine import Json, Note, Refused, Turn, UnknownOutcome
from bot.github.answers import PullView
from bot.github.errors import GitHubError
from bot.github.models import Actor, IssueNumber, NodeId, PullState

OFF = "guard-off"
OFF_FOR = timedelta(minutes=10)
WRITE = "note"
_THE_MERGES = "the merge's assessment answers it"
_NOT_ANY_MORE = "it cannot be assessed any more"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the look leaves for later steps. `left`: why nothing is measured.

    `told` is the assessment (its id) whose answer the closer had before him; `answered`: another answer tells how the
    closing stands. `notes` are our notes on the issue (node ids) by closer; `noted`: one is about an earlier closing
    by the same hand. `by_author`: whoever closed it had reported it.
    """

    looked: Looked
    left: str = ""
    told: str | None = None
    answered: bool = False
    notes: dict[str, str] = {}
    noted: bool = False
    by_author: bool = False


async def guard(turn: Turn, tools: Tools) -> None:
    """The handler of `guard.v1`."""
    request = unpack(turn.job.payload, GuardRequest)
    if await turn.step("wanted", lambda: _wanted(tools, request)) is True:
        await guarded(guard_run(turn, tools, request), request)


def guard_run(turn: Turn, tools: Tools, request: GuardRequest, errand: Errand | None = None) -> Run:
    """The run that a closing sets off; with an `errand`, one that goes on with it."""
    return Run(
        turn=turn,
        tools=tools,
        session=tools.session(request.place),
        place=request.place,
        trigger=Trigger(kind=TriggerKind.CLOSURE, by=request.by, by_bot=request.by_bot),
        asker=Asker(login=None, role=Role.NONE),
        request=request,
        errand=errand,
    )


async def guarded(run: Run, request: GuardRequest) -> Assessment | None:
    """Measure, say it shortly, act. None where there was nothing to look at.

    Raises `bot.engine.Later` where a limit was hit.
    """
    await hear(run)
    sight = Sight(run, started=run.errand.started if run.errand is not None else ())
    seen = msgspec.convert(await run.turn.step("look", lambda: _look(run, sight, request)), Seen)
    if seen.left:
        run.report("closing-left", seen.left)
        await _ask_no_longer(run, seen.left)
        return None
    sight.started += await start(seen.looked.wanted, turn=run.turn, tools=run.tools, session=run.session)
    document = await run.turn.step("measure", lambda: _measured(run, sight, seen))
    if not isinstance(document, str):
        run.report("closing-left", _NOT_ANY_MORE)
        await _ask_no_longer(run, _NOT_ANY_MORE)
        return None
    measured = codec.decode(document.encode())
    waits, looked = waits_of(run, measured), seen.looked
    left = Left(issue_node=looked.issue_node, comment=_asked(run), started=sight.started, since=looked.since)
    if waits:
        asks = speaks(measured) and is_news(run.errand, waits)
        note = await _ask(run, seen, measured) if asks else None
        await park(run, measured, waits, left if note is None else replace(left, comment=note))
        return measured
    hold = await held_back(run, measured)
    if hold is not None:
        finished = without_change(run, measured, hold)
    else:
        finished, hold = await _answer(run, seen, replace(measured, actions=expected(measured)))
    if hold is not None:
        await come_again(run, finished, hold, left)
    await run.turn.step("archive", lambda: keep_final(run, finished))
    tell(run, finished)
    return finished


async def _wanted(tools: Tools, request: GuardRequest) -> Json:
    """Does the policy guard such a closing? Where that cannot be told, it is left alone."""
    place, now = request.place, tools.clock()
    repository, hand = scope_of(place.repository_id), "bots" if request.by_bot else "people"
    if await tools.notes.read(OFF, repository, hand, now) is not None:
        return False
    files = await answer_or_refusal(tools.session(place).policies())
    rules = files if isinstance(files, GitHubError) else rules_in(files, name=place.name)
    if isinstance(rules, GitHubError | Broken):
        why = str(rules) if isinstance(rules, GitHubError) else "its policy cannot be used"
        tools.report("closing-left", {"repository": place.full_name, "issue": place.number, "why": why})
        return False
    if rules.policy.guard.mode(by_bot=request.by_bot) is not GuardMode.OFF:
        return True
    await tools.notes.keep(Note(kind=OFF, place=repository, name=hand, value=None, at=now, until=now + OFF_FOR))
    return False


async def _look(run: Run, sight: Sight, request: GuardRequest) -> Json:
    """The issue as it is now, and whether its closing is ours to look at."""
    looked = msgspec.convert(await sight.look(), Looked)
    if sight.seen is None or looked.declined is not None or looked.nowhere:
        why = looked.nowhere or "its policy cannot be used"
        return _packed(Seen(looked=looked, left=why))
    prepared, tools = sight.seen, run.tools
    snapshot, now = prepared.snapshot, tools.clock()
    known = Known(
        us=await run.session.login(),
        hold=prepared.policy.labels.hold,
        commanded=await commanded_at(tools.notes, run.place.key, now),
        opened=await asked_open(tools.notes, run.place.key, now),
    )
    closed = Closed(
        request=request,
        snapshot=snapshot,
        policy=prepared.policy,
        known=known,
        latest=await newest(tools, snapshot),
        waiting=await tools.book.waiting(run.place.key),
    )
    left = why_left(closed) or await _by_a_merge(run, prepared) or ""
    told = told_before(closed, own_marks(snapshot, key=tools.key))
    said = await noted(tools.notes, run.place.key, now)
    return _packed(
        Seen(
            looked=looked,
            left=left,
            told=None if told is None else told.id,
            answered=answered(closed) is not None,
            notes={one.closer: one.node for one in said if one.node},
            noted=any(one.closer == _closer(run) and one.first != _root(run) for one in said),
            by_author=_by_author(run, snapshot.issue.author),
        )
    )


async def _by_a_merge(run: Run, prepared: Prepared) -> str | None:
    """Did a merged pull request close it, by its own words or a commit's, and has its merge the issue assessed?"""
    closing, keyword = closing_of(prepared.snapshot), keyword_of(prepared.snapshot)
    if not prepared.policy.on_merge or closing is None:
        return None
    if keyword is not None:
        told = await answer_or_refusal(run.session.pull_view(IssueNumber(keyword.pull)))
        # where that cannot be told, the merge's is the likelier one, and answers by itself
        return _THE_MERGES if isinstance(told, GitHubError) or _speaks_of_it(told, run) else None
    if closing.commit is None:
        return None
    behind = await answer_or_refusal(run.session.reader(prepared.snapshot).background(closing.commit))
    pulls = () if behind is None or isinstance(behind, GitHubError) else behind.pulls
    here = prepared.snapshot.repository.full_name.lower()
    for pull in pulls:
        if pull.state is not PullState.MERGED or pull.repository.lower() != here:
            continue
        told = await answer_or_refusal(run.session.pull_view(pull.number))
        if isinstance(told, PullView) and _speaks_of_it(told, run):
            return _THE_MERGES
    return None


def _speaks_of_it(pull: PullView, run: Run) -> bool:
    return any(link.number == run.place.number for link in linked_issues(pull))


async def _measured(run: Run, sight: Sight, seen: Seen) -> Json:
    """Everything asked and judged; what is told already, or was decided knowingly, is left."""
    document = await sight.measure(None)
    if not isinstance(document, str):
        return None
    kept = None if seen.told is None else await run.tools.archive.load(seen.told)
    told = None if kept is None else codec.decode(kept).verdict
    measured = codec.decode(document.encode())
    if sight.seen is not None:
        measured = asking(measured, sight.seen.policy.guard.holding)
    heeded = heeding(measured, told, answered=seen.answered, noted=seen.noted)
    return codec.encode(correcting(heeded) if _asked(run) else heeded).decode()


async def _answer(run: Run, seen: Seen, assessment: Assessment) -> tuple[Assessment, Hold | None]:
    """The note, where there is something to say, and then the labels and the opening; or what holds that back."""
    await run.turn.step("keep", lambda: keep(run, assessment, "expected"))
    text = _text(run, seen, assessment)
    upsert = _upsert(run, seen.looked.issue_node, text)
    note: str | None = None
    if speaks(assessment):
        note = await _say(run, seen, upsert, text)
        if note is None:
            return unspoken(assessment), None
    await _outdate(run, seen, assessment, note)
    acted, hold = await act_unless_held(run, seen.looked, assessment, upsert, None)
    if note is not None and acted.actions != assessment.actions:
        await run.turn.step("correct", lambda: _edit(run, note, _text(run, seen, acted)))
    return acted, hold


def _asked(run: Run) -> str:
    """The note (node id) that asks for a confirmation since an earlier look; empty where none does."""
    return "" if run.errand is None else run.errand.comment


async def _ask(run: Run, seen: Seen, assessment: Assessment) -> str | None:
    """The note that asks for a confirmation; None where GitHub does not let us speak."""
    await run.turn.step("keep", lambda: keep(run, assessment, "expected"))
    text = _text(run, seen, assessment)
    note = await _say(run, seen, _upsert(run, seen.looked.issue_node, text), text)
    if note is not None:
        await _outdate(run, seen, assessment, note)
    return note


async def _ask_no_longer(run: Run, why: str) -> None:
    """Nothing is looked at any more, and the note that asks says so."""
    note = _asked(run)
    if note:
        marker = mark(MarkKind.GUARD, run.write_key(WRITE), key=run.tools.key, place=run.place)
        await run.turn.step("ask no longer", lambda: _end_asking(run, note, no_longer(why, marker)))


async def _end_asking(run: Run, note: str, text: str) -> Json:
    """Unless a newer closing's look has written there since: its word is the newer one."""
    said = await noted(run.tools.notes, run.place.key, run.tools.clock())
    return None if is_overwritten(said, note, _root(run)) else await _edit(run, note, text)


def _by_author(run: Run, author: Actor | None) -> bool:
    return author is not None and run.trigger.by is not None and author.is_account(run.trigger.by)


def _text(run: Run, seen: Seen, assessment: Assessment) -> str:
    marker = mark(
        MarkKind.GUARD,
        run.write_key(WRITE),
        key=run.tools.key,
        place=run.place,
        about=(assessment.verdict.kind, assessment.id),
    )
    url = run.tools.evidence_url(assessment.id, assessment.finished_at)
    return guard_note(assessment, evidence_url=url, marker=marker, by_author=seen.by_author)


def _upsert(run: Run, issue: str, body: str) -> Upsert:
    write = run.write_key(WRITE)
    return Upsert(
        run.session,
        issue=(NodeId(issue), IssueNumber(run.place.number)),
        existing=None,
        body=body,
        mine=lambda text: bears(text, write, key=run.tools.key, place=run.place),
    )


def _closer(run: Run) -> str:
    return (run.trigger.by or "").lower()


async def _say(run: Run, seen: Seen, upsert: Upsert, text: str) -> str | None:
    """The note's node id: a new one, or the closer's that stands already; None where GitHub does not let us speak."""
    before = seen.notes.get(_closer(run))
    if before is not None:
        await run.turn.step("edit", lambda: _edit(run, before, text))
        await run.turn.step("remember", lambda: _remember(run, before))
        return before
    try:
        posted = await run.turn.write(WRITE, upsert)
    except (Refused, UnknownOutcome) as error:
        run.report("comment-refused", str(error))
        return None
    assert isinstance(posted, dict)
    node = str(posted["node_id"])
    await run.turn.step("remember", lambda: _remember(run, node))
    return node


async def _edit(run: Run, node: str, text: str) -> Json:
    """Our note with another text; one that somebody deleted stays deleted."""
    refusal = await answer_or_refusal(run.session.comment_update(NodeId(node), text))
    return str(refusal) if isinstance(refusal, GitHubError) else None


async def _remember(run: Run, node: str) -> Json:
    now, root = run.tools.clock(), _root(run)
    said = await noted(run.tools.notes, run.place.key, now)
    first = next((one.first for one in said if one.closer == _closer(run)), root)
    note = Noted(closer=_closer(run), node=node, first=first, last=root)
    await remember(run.tools.notes, run.place.key, note, now)
    return node


def _root(run: Run) -> str:
    """The same for every look at one closing."""
    return run.turn.job.id if run.errand is None else run.errand.root


async def _outdate(run: Run, seen: Seen, assessment: Assessment, note: str | None) -> None:
    """Notes about earlier closings are out of the way once this one is decided."""
    if note is None and not assessment.verdict.closes:
        return
    for number, node in enumerate(node for node in seen.notes.values() if node != note):
        await run.turn.step(f"outdate {number}", lambda node=node: _put_away(run, node))  # type: ignore[misc]


async def _put_away(run: Run, node: str) -> Json:
    return await put_away(run.tools, run.session, run.place.key, node)


def _packed(seen: Seen) -> Json:
    packed: Json = msgspec.to_builtins(seen)
    return packed
