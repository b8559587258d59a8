"""What held at the closing has failed twice since: the issue is opened again, or filed anew, or it is only said.

Rules:
1. Once for a closing: the watch ends with it.
2. The explanation comes first, then labels and state in one request. Without the explanation nothing is opened.
3. The closing answer gets a line that leads to what was found. Where the issue is open again it says so itself.
4. What is locked or was closed long ago is not opened again: one new issue is filed, found again by our mark.
5. The breaker is asked before a word is said, whatever would be done, and again just before each change.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.actions.comment import Upsert
from bot.actions.labels import LOOKS, REGRESSION
from bot.actions.tickets import Filing
from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec, regression
from bot.assessment.breaker import Hold
from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.evidence import CriterionId
from bot.assessment.marker import MarkKind
from bot.assessment.plan import Label, Plan, Reopen
from bot.assessment.regression import Fallen
from bot.assessment.watching import Response, response
from bot.commands.holding import HeldBack, Passing, held_back, without_change
from bot.commands.labelling import Change, make_missing
from bot.commands.opening import reopen
from bot.commands.put_off import end_of, put_off
from bot.commands.request import WatchRequest
from bot.commands.run import Run
from bot.commands.tools import bears, mark
from bot.commands.undone import say_undone
from bot.commands.watch_end import say_end
from bot.commands.watch_look import Seen
from bot.engine import Json, Refused
from bot.github.filed import NewIssue
from bot.github.models import IssueNumber, NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was done, and where it is said (None: nowhere); `hold` is what held the opening back after that."""

    assessment: Assessment
    url: str | None = None
    node: str | None = None
    hold: Hold | None = None


async def regressed(run: Run, request: WatchRequest, seen: Seen) -> None:
    """Do what the second look has planned, and say where; or leave it for later, where the breaker holds it back."""
    measured = seen.assessment
    assert measured is not None
    assert seen.closed_at is not None
    fallen = regression.fell(
        (CriterionId(name) for name in seen.regressed),
        held=request.held,
        first=request.suspects,
        second=measured.findings,
    )
    hold = await held_back(run, measured)
    if hold is not None:
        await put_off(run, request, seen, hold, request.explained)
        return
    wanted = response(measured.plan, closed_at=seen.closed_at, now=seen.at)
    try:
        if wanted is Response.FILE:
            measured = replace(measured, plan=_unchanged(measured.plan))
            told = await _file(run, request, seen, measured, fallen)
        else:
            told = await _speak_and_open(run, request, seen, measured, fallen)
    except HeldBack as held:  # nothing is said yet
        told = Told(assessment=replace(measured, actions=()), node=request.explained, hold=held.hold)
    await run.turn.step("archive", lambda: _keep(run, told.assessment))
    if told.hold is not None:
        await put_off(run, request, seen, told.hold, told.node)
        return
    if told.url is not None:
        await _point(run, request, wanted, told, regression.pointer(wanted, at=seen.at, url=told.url))
    _report(run, seen, wanted, told.assessment)


async def _point(run: Run, request: WatchRequest, wanted: Response, told: Told, line: str) -> None:
    """The closing answer leads there; so does an explanation that was put off, where a new issue is what came of it."""
    undone = regression.undone(told.url) if told.url is not None and _is_open(told.assessment) else None
    trouble = await run.turn.step("point", lambda: _say(run, request, undone, line))
    if trouble is not None:
        run.report("not-amended", str(trouble))
    if wanted is Response.FILE:
        await end_of(run, request, line)


async def _say(run: Run, request: WatchRequest, undone: Done | None, line: str) -> Json:
    if undone is None:
        return await say_end(run.tools, request, line)
    return await say_undone(run.tools, request, undone, line)


def _report(run: Run, seen: Seen, wanted: Response, assessment: Assessment) -> None:
    run.tools.report(
        "regressed",
        {
            "repository": run.place.full_name,
            "issue": run.place.number,
            "criteria": list(seen.regressed),
            "response": wanted.value,
            "assessment": assessment.id,
        },
    )


def _unchanged(planned: Plan) -> Plan:
    """The same plan, which leaves the old issue as it is. Pure."""
    return replace(planned, actions=tuple(one for one in planned.actions if not isinstance(one, Label | Reopen)))


async def _speak_and_open(
    run: Run, request: WatchRequest, seen: Seen, measured: Assessment, fallen: tuple[Fallen, ...]
) -> Told:
    """The explanation, then the opening, if it is planned; what was done, and where it is said.

    Raises `bot.commands.holding.HeldBack` where nothing is said yet.
    """
    planned = replace(measured, actions=_expected(measured.plan))

    def text(assessment: Assessment) -> str:
        said = Response.REOPEN if _is_open(assessment) else Response.SAY
        return _comment(run, assessment, fallen, said)

    await run.turn.step("keep", lambda: _keep(run, planned))
    upsert = Upsert(
        run.session,
        issue=(NodeId(request.issue_node), IssueNumber(run.place.number)),
        existing=None if request.explained is None else NodeId(request.explained),
        body=text(planned),
        mine=lambda body: bears(body, run.write_key("comment"), key=run.tools.key, place=run.place),
    )
    try:
        spoken = await run.turn.write("comment", Passing(run, measured, upsert))
    except HeldBack:
        raise
    except Refused as refused:
        run.report("comment-refused", refused.reason)
        return Told(assessment=replace(planned, actions=()))
    assert isinstance(spoken, dict)
    url, node = str(spoken["url"]), str(spoken["node_id"])
    if not measured.plan.reopens:
        return Told(assessment=planned, url=url, node=node)
    done, hold = await _open(run, seen, planned, upsert)
    if done.actions != planned.actions:
        await run.turn.step("correct", lambda: _correct(run, node, done, text))
    return Told(assessment=done, url=url, node=node, hold=hold)


async def _open(run: Run, seen: Seen, planned: Assessment, upsert: Upsert) -> tuple[Assessment, Hold | None]:
    """The opening with its labels; what was done, or what the breaker holds back now."""
    label = next((one for one in planned.plan.actions if isinstance(one, Label)), Label())
    await make_missing(run, seen.looked, Change(label=label, closes=False), upsert)
    try:
        return replace(planned, actions=await reopen(run, seen.looked, planned, label, upsert)), None
    except HeldBack as held:
        return without_change(run, planned, held.hold), held.hold


def _expected(planned: Plan) -> tuple[Done, ...]:
    """What is done if all goes well. Pure."""
    if not planned.reopens:
        return ()
    label = next((one for one in planned.actions if isinstance(one, Label)), Label())
    parts = [f"label {name} added" for name in label.add] + [f"label {name} removed" for name in label.remove]
    labelled = (Done(action=ActionKind.LABEL, ending=Ending.DONE, text=", ".join(parts)),) if parts else ()
    return (*labelled, Done(action=ActionKind.REOPEN, ending=Ending.DONE, text="reopened"))


def _is_open(assessment: Assessment) -> bool:
    return any(one.action is ActionKind.REOPEN and one.ending is Ending.DONE for one in assessment.actions)


def _comment(run: Run, assessment: Assessment, fallen: tuple[Fallen, ...], said: Response) -> str:
    url = run.tools.evidence_url(assessment.id, assessment.finished_at)
    marker = mark(
        MarkKind.ASSESSMENT,
        run.write_key("comment"),
        key=run.tools.key,
        place=run.place,
        about=(assessment.verdict.kind, assessment.id),
    )
    return f"{regression.explained(fallen, assessment, said, evidence_url=url)}\n\n{marker}"


async def _correct(run: Run, comment: str, assessment: Assessment, text: Callable[[Assessment], str]) -> Json:
    written = await answer_or_refusal(run.session.comment_update(NodeId(comment), text(assessment)))
    return str(written) if isinstance(written, Exception) else None


async def _file(run: Run, request: WatchRequest, seen: Seen, measured: Assessment, fallen: tuple[Fallen, ...]) -> Told:
    """A new issue that refers to the old one; what was done, and where it is.

    Raises `bot.commands.holding.HeldBack`.
    """
    write = f"{request.root}:regression"
    marker = mark(MarkKind.REGRESSION, write, key=run.tools.key, place=run.place)
    url = run.tools.evidence_url(measured.id, measured.finished_at)
    await run.turn.step("label", lambda: _make_labels(run, seen))
    body = regression.new_body(fallen, measured, locked=seen.locked, evidence_url=url)
    filing = Filing(
        run.session,
        parent=run.place.number,
        new=NewIssue(
            title=regression.new_title(fallen, run.place.number), body=f"{body}\n\n{marker}", labels=seen.labels
        ),
        mine=lambda text: bears(text, write, key=run.tools.key, place=run.place),
    )
    try:
        made = await run.turn.write("file", Passing(run, measured, filing))
    except HeldBack:
        raise
    except Refused as refused:
        run.report("regression-not-filed", refused.reason)
        failed = Done(action=ActionKind.TICKET, ending=Ending.REFUSED, text=f"no new issue was filed: {refused.reason}")
        return Told(assessment=replace(measured, actions=(failed,)))
    assert isinstance(made, dict)
    done = Done(
        action=ActionKind.TICKET, ending=Ending.DONE, text=f"filed anew as #{made['number']}", url=str(made["url"])
    )
    return Told(assessment=replace(measured, actions=(done,)), url=str(made["url"]))


async def _make_labels(run: Run, seen: Seen) -> Json:
    """A label that is used for the first time gets a colour and words; what fails is only reported."""
    look = LOOKS[REGRESSION]
    for name in seen.labels:
        if name not in seen.unmade:
            continue
        refusal = await answer_or_refusal(run.session.create_label(name, look.color, look.description))
        if refusal is not None:
            run.report("label-not-made", str(refusal))
    return None


async def _keep(run: Run, assessment: Assessment) -> Json:
    await run.tools.archive.save(
        assessment.id, assessment.repository, assessment.issue, codec.encode(assessment), assessment.finished_at
    )
    return assessment.id
