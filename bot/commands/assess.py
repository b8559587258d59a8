"""The recipe of an assessment, from the command or the merge to the last read-back.

Rules:
1. Reading and judging change nothing and are kept: a resumed job acts on the same facts.
2. Every write is a step of its own, once in effect. The comment comes first, the closing after it, the reaction last;
   without the comment nothing is closed.
3. The comment says what is being done; whatever goes otherwise is corrected in it.
4. What is only on its way is waited for: the run ends here, and a later one goes on with it (`bot.commands.waiting`).
   So it is with what the breaker holds back (`bot.commands.holding`), and with a closing that is only announced.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from bot.actions.closing import ended
from bot.actions.comment import Upsert
from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec
from bot.assessment.breaker import Hold
from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.marker import MarkKind
from bot.assessment.plan import Announce, Close, Label, Outdate, Reopen, Speak, reaction
from bot.assessment.plan import Reaction as Mood
from bot.assessment.report import render
from bot.assessment.waits import Awaited
from bot.assessment.wording import dated
from bot.commands.aftermath import Ended, foreseen, leave, owed
from bot.commands.closing import OVERTAKEN, close
from bot.commands.grace import announce, withdraw
from bot.commands.holding import HeldBack, come_again, held_back, without_change
from bot.commands.labelling import Change, make_missing, set_labels
from bot.commands.looked import Looked, SetAside
from bot.commands.measure import Declined
from bot.commands.opening import reopen
from bot.commands.precedence import GaveWay
from bot.commands.precedents import forget_unless_closed
from bot.commands.request import Announced
from bot.commands.route import LINKED_JOB
from bot.commands.run import Run, Sight
from bot.commands.standing import with_closing
from bot.commands.starting import start
from bot.commands.tools import bears, mark
from bot.commands.waiting import Left, hear, is_news, look_again, park, park_closing, waits_of
from bot.engine import Json, Refused, UnknownOutcome
from bot.github.answers import Reaction
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, NodeId

_MOODS: dict[Mood, Reaction] = {
    Mood.CLOSED: Reaction.ROCKET,
    Mood.REPORTED: Reaction.THUMBS_UP,
    Mood.NOT_RESOLVED: Reaction.THUMBS_DOWN,
    Mood.REFUSED: Reaction.CONFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Our comment as it stands."""

    node_id: str
    url: str


async def assess(run: Run) -> Assessment | Declined | GaveWay | SetAside | None:
    """Measure, answer, act, read back. `Declined` is what to say where it could not; None where nobody can be told.

    `GaveWay`: what waits here may do more. `SetAside`: what waited here is over.

    Raises `bot.engine.Later` where a limit was hit.
    """
    await hear(run)
    sight = Sight(run, started=run.errand.started if run.errand is not None else ())
    looked = msgspec.convert(await run.turn.step("look", sight.look), Looked)
    if looked.declined is not None or looked.nowhere:
        return looked.why_not
    # who asks by the repository's name alone learns its id from the first look
    known = looked.repository_id or run.place.repository_id
    run = sight.run = replace(run, place=msgspec.structs.replace(run.place, repository_id=known))
    sight.started += await start(looked.wanted, turn=run.turn, tools=run.tools, session=run.session)
    progress = await _announce(run, sight, looked) if looked.announce else None
    document = await run.turn.step("measure", lambda: sight.measure(progress))
    if not isinstance(document, str):
        return msgspec.convert(document, Looked).why_not
    measured = _foreseeing(run, looked, codec.decode(document.encode()))
    if run.silent:
        return measured
    waits = waits_of(run, measured)
    if run.errand is not None and not is_news(run.errand, waits):
        await park(run, measured, waits, _left(looked, run.errand.comment, sight))
        return measured
    hold = await held_back(run, measured)
    assessment = replace(measured, actions=expected(measured)) if hold is None else without_change(run, measured, hold)
    await run.turn.step("keep", lambda: keep(run, assessment, "expected"))
    upsert = _answer(run, looked, assessment)
    spoken = await _speak(run, upsert)
    if spoken is None:
        acted = unspoken(assessment)
    else:
        await _outdate(run, assessment)
        acted, hold = await act_unless_held(run, looked, assessment, upsert, hold)
    finished = await _finish(run, acted, spoken=spoken is not None)
    if finished.actions != assessment.actions and spoken is not None:
        await run.turn.step("correct", lambda: _correct(run, spoken, finished))
    if spoken is not None:
        left = _left(looked, spoken.node_id, sight)
        await _keep_announced(run, looked, finished, left)
        await _go_on(run, finished, left, waits, hold)
    await run.turn.step("archive", lambda: keep_final(run, finished))
    if spoken is not None:
        await _leave(run, looked, spoken, finished)
    tell(run, finished)
    return finished


async def _go_on(run: Run, assessment: Assessment, left: Left, waits: tuple[Awaited, ...], hold: Hold | None) -> None:
    """Whatever is not at its end goes on by a job of its own; what had made way for what is, comes back now."""
    if OVERTAKEN in assessment.actions:
        await look_again(run, assessment, left)
    elif waits:
        await park(run, assessment, waits, left)
    elif hold is not None:
        await come_again(run, assessment, hold, left)
    elif run.errand is not None and assessment.plan.announces is None:
        waiting = await run.tools.book.waiting(run.place.key)
        await run.turn.hasten([job.id for job in waiting if job.kind == LINKED_JOB])


async def _leave(run: Run, looked: Looked, spoken: Spoken, assessment: Assessment) -> None:
    """What is owed after the closing is a job of its own; the command line, which has none, leaves it."""
    if run.request is None:
        return
    request = owed(_ended(run, looked, spoken.node_id), assessment)
    if request is not None:
        await leave(run.turn, request, assessment)


def _foreseeing(run: Run, looked: Looked, assessment: Assessment) -> Assessment:
    """With what a dry run leaves out of what is owed after a closing, where there is a job that would do it."""
    if run.request is None:
        return assessment
    return replace(assessment, foreseen=foreseen(_ended(run, looked, ""), assessment))


def _ended(run: Run, looked: Looked, comment: str) -> Ended:
    return Ended(
        place=run.place,
        issue_node=looked.issue_node,
        comment=comment,
        write=run.write_key("comment"),
        extra=run.extra,
        wishes=looked.wishes,
    )


async def _keep_announced(run: Run, looked: Looked, assessment: Assessment, left: Left) -> None:
    """An announced closing is gone on with by a job of its own; what came to something else is announced no more."""
    until = assessment.plan.announces
    if until is None or run.request is None:
        if not assessment.trigger.flags.looks_only:
            await withdraw(run.tools.notes, run.place.key)
        return
    before = None if run.errand is None else run.errand.announced
    announced = before or Announced(
        until=until, at=assessment.started_at, since=looked.since, comment=left.comment, reporter=looked.reporter
    )
    await announce(run.tools.notes, run.place.key, announced)
    await park_closing(run, assessment, announced, left)


def _left(looked: Looked, comment: str, sight: Sight) -> Left:
    return Left(issue_node=looked.issue_node, comment=comment, started=sight.started, since=looked.since)


def tell(run: Run, assessment: Assessment) -> None:
    """One line for the operator: what came of it."""
    run.tools.report(
        "assessed",
        {
            "repository": assessment.repository,
            "issue": assessment.issue,
            "assessment": assessment.id,
            "trigger": assessment.trigger.kind.value,
            "verdict": assessment.verdict.kind.value,
            "closed": assessment.close is not None and assessment.close.ending is Ending.DONE,
            "seconds": round((run.tools.clock() - assessment.started_at).total_seconds(), 3),
        },
    )


async def _announce(run: Run, sight: Sight, looked: Looked) -> str | None:
    """A first comment that shows how far it is; its node id. Refused where we may not speak: then there is none."""
    shown = await sight.progress()
    if shown is None:
        return None
    body = f"{shown}\n\n{run.mark(MarkKind.PROGRESS, 'progress')}"
    write = _upsert(run, looked.issue_node, None, body, "progress")
    try:
        posted = await run.turn.write("progress", write)
    except (Refused, UnknownOutcome) as error:
        run.report("progress-not-shown", str(error))
        return None
    return _spoken(posted).node_id


def _answer(run: Run, looked: Looked, assessment: Assessment) -> Upsert:
    speak = _speech(assessment)
    existing = NodeId(speak.comment) if speak.comment is not None else None
    return _upsert(run, looked.issue_node, existing, _text(run, assessment), "comment")


def _speech(assessment: Assessment) -> Speak:
    return next(action for action in assessment.plan.actions if isinstance(action, Speak))


def _upsert(run: Run, issue: str, existing: NodeId | None, body: str, name: str) -> Upsert:
    write = run.write_key(name)
    return Upsert(
        run.session,
        issue=(NodeId(issue), IssueNumber(run.place.number)),
        existing=existing,
        body=body,
        mine=lambda text: bears(text, write, key=run.tools.key, place=run.place),
    )


def _text(run: Run, assessment: Assessment) -> str:
    marker = mark(
        MarkKind.LOOK if _speech(assessment).aside else MarkKind.ASSESSMENT,
        run.write_key("comment"),
        key=run.tools.key,
        place=run.place,
        about=(assessment.verdict.kind, assessment.id),
    )
    url = run.tools.evidence_url(assessment.id, assessment.finished_at)
    marker = f"{run.extra}\n\n{marker}" if run.extra else marker
    return render(assessment, evidence_url=url, marker=marker)


async def _speak(run: Run, upsert: Upsert) -> Spoken | None:
    """The answer; None where GitHub does not let us speak (a locked issue, an archived repository)."""
    try:
        return _spoken(await run.turn.write("comment", upsert))
    except Refused as refused:
        run.report("comment-refused", refused.reason)
        return None


def unspoken(assessment: Assessment) -> Assessment:
    """Nothing is changed without a word about it: where we may not speak, we do not act either."""
    text = "GitHub did not take the answer, so nothing was changed"
    return replace(
        assessment, actions=tuple(replace(one, ending=Ending.REFUSED, text=text) for one in assessment.actions)
    )


def _spoken(result: Json) -> Spoken:
    assert isinstance(result, dict)
    return Spoken(node_id=str(result["node_id"]), url=str(result["url"]))


async def _outdate(run: Run, assessment: Assessment) -> None:
    outdated = [node for action in assessment.plan.actions if isinstance(action, Outdate) for node in action.comments]
    for number, node in enumerate(outdated):
        await run.turn.step(f"outdate {number}", lambda node=node: _minimize(run, node))  # type: ignore[misc]


async def _minimize(run: Run, node: str) -> Json:
    refusal = await answer_or_refusal(run.session.minimize(NodeId(node)))
    # deleted by somebody, say: then it is out of the way as well
    return None if refusal is None else str(refusal)


def expected(assessment: Assessment) -> tuple[Done, ...]:
    """What the comment says of the actions that follow it; corrected if one goes otherwise."""
    return tuple(
        done for action in assessment.plan.actions if (done := _done(action)) is not None
    )  # fmt: skip


def _done(action: object) -> Done | None:
    match action:
        case Label(add=add, remove=remove):
            parts = [f"label {name} added" for name in add] + [f"label {name} removed" for name in remove]
            return Done(action=ActionKind.LABEL, ending=Ending.DONE, text=", ".join(parts))
        case Close():
            return Done(action=ActionKind.CLOSE, ending=Ending.DONE, text="closed as completed")
        case Announce(until=until):
            return Done(action=ActionKind.ANNOUNCE, ending=Ending.DONE, text=f"closing announced for {dated(until)}")
        case Reopen():
            return Done(action=ActionKind.REOPEN, ending=Ending.DONE, text="reopened")
        case _:
            return None


async def act_unless_held(
    run: Run, looked: Looked, assessment: Assessment, upsert: Upsert, hold: Hold | None
) -> tuple[Assessment, Hold | None]:
    """Labels and closing, unless the breaker holds them back, which it may do until just before."""
    if hold is not None:
        return assessment, hold
    try:
        return await _act(run, looked, assessment, upsert), None
    except HeldBack as held:
        return without_change(run, assessment, held.hold), held.hold


async def _act(run: Run, looked: Looked, assessment: Assessment, upsert: Upsert) -> Assessment:
    """Labels and closing, as planned."""
    plan = assessment.plan
    label = next((action for action in plan.actions if isinstance(action, Label)), Label())
    await make_missing(run, looked, Change(label=label, closes=plan.closes), upsert)
    if plan.closes:
        done = await close(run, looked, assessment, label, upsert)
        done = (*done, *await _no_longer_pending(run, looked, label, upsert, done))
    elif plan.reopens:
        done = await reopen(run, looked, assessment, label, upsert)
    elif label != Label():
        labelled = await _label(run, label, upsert)
        done = tuple(labelled if one.action is ActionKind.LABEL else one for one in assessment.actions)
    else:
        return assessment
    return replace(assessment, actions=done)


async def _label(run: Run, label: Label, upsert: Upsert) -> Done:
    """Labels alone: on an issue that is closed already, or stays open."""
    planned = _done(label)
    assert planned is not None
    trouble = await set_labels(run, label, upsert)
    return planned if trouble is None else replace(planned, ending=Ending.REFUSED, text=trouble)


async def _no_longer_pending(
    run: Run, looked: Looked, label: Label, upsert: Upsert, done: tuple[Done, ...]
) -> tuple[Done, ...]:
    """What was not closed is not on its way either: its label comes off, unless it was closed by another."""
    refused = any(one.action is ActionKind.CLOSE and one.ending is Ending.REFUSED for one in done)
    if looked.pending not in label.remove or not refused or OVERTAKEN in done:
        return ()
    return (await _label(run, Label(remove=(looked.pending,)), upsert),)


async def _finish(run: Run, assessment: Assessment, *, spoken: bool) -> Assessment:
    """The final reaction and the read-back, in one request where there is a command to react to."""
    done = assessment.close
    closed = done is not None and done.ending is Ending.DONE
    mood = _MOODS[reaction(assessment.verdict.kind, closed=closed) if spoken else Mood.REFUSED]
    read = await run.turn.step("finish", lambda: _react_and_read(run, mood, closed=closed))
    if read is None or done is None:
        return assessment
    if isinstance(read, dict):
        return with_closing(assessment, datetime.fromisoformat(str(read["closed_at"])))
    instead = replace(done, ending=Ending.REFUSED, text=str(read))
    return replace(assessment, actions=tuple(instead if one is done else one for one in assessment.actions))


async def _react_and_read(run: Run, mood: Reaction, *, closed: bool) -> Json:
    """What happened instead of the closing; else when it was closed, None where nothing was, or nobody says when."""
    number = IssueNumber(run.place.number)
    if run.command is not None:
        now = await answer_or_refusal(run.session.finish(NodeId(run.command.node_id), mood, number))
    elif closed:
        now = await answer_or_refusal(run.session.issue_now(number))
    else:
        return None
    if not closed:
        return None
    if isinstance(now, GitHubError):
        return f"it could not be read back: {now}"
    instead = ended(now)
    if instead is not None or now.closed_at is None:
        return instead
    return {"closed_at": now.closed_at.isoformat()}


async def _correct(run: Run, spoken: Spoken, assessment: Assessment) -> Json:
    written = await answer_or_refusal(run.session.comment_update(NodeId(spoken.node_id), _text(run, assessment)))
    return str(written) if isinstance(written, GitHubError) else None


async def keep_final(run: Run, assessment: Assessment) -> Json:
    """The document as it ended; what is not closed and holding any more is no example either."""
    await forget_unless_closed(run.tools, run.place, assessment)
    return await keep(run, assessment, "final")


async def keep(run: Run, assessment: Assessment, stage: str) -> Json:
    """The document into the archive, where the evidence link finds it; `stage` is the step's result."""
    await run.tools.archive.save(
        assessment.id, assessment.repository, assessment.issue, codec.encode(assessment), assessment.finished_at
    )
    return stage
