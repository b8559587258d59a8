"""What would still be missing once a pull request is merged: answered to a command on it, and shown as a check run.

Rules:
1. A dry run always: no label, no closing, nothing started. What is written is one comment, or one check run a head.
2. The check run is only where the policy of the default branch wants it, and it never fails: it informs, and a merge is
   not to hang on it.
3. Only the newest push, or the newest wording, is looked at.
4. Checks run when a push comes. Where they are all that is not known yet, their end brings a look of its own, which
   corrects the check run; after a few of these it looks by itself, ever more rarely, and then no more.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from bot.actions.check_run import Report
from bot.actions.comment import Upsert
from bot.actions.trouble import answer_or_refusal
from bot.assessment.evidence import Sha
from bot.assessment.marker import MarkKind
from bot.assessment.preview import Prospect, Said
from bot.commands.case import Case
from bot.commands.foresee import Asked, Sighting, foresee, foresee_push
from bot.commands.grammar import Assess
from bot.commands.replies import Reply, react
from bot.commands.request import Place, PushRequest, unpack
from bot.commands.route import preview_job, scope_of
from bot.commands.telling import denied
from bot.commands.tools import Tools, assessment_id, bears, kind_in, mark
from bot.engine import Job, Json, Refused, Turn
from bot.github.answers import Reaction
from bot.github.check_runs import stands
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, NodeId
from bot.github.reports import CheckReport, ReportEnd, StandingCheck
from bot.github.session import Session

NAME = "resolution preview"
CALLED = 8
"""So many looks may follow the ends of checks."""
AGAIN = "+"
_PAUSES = (timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40), timedelta(hours=1))
_EVER = datetime(2008, 1, 1, tzinfo=UTC)  # no comment on GitHub is older
_MOODS: dict[Prospect | None, Reaction] = {
    Prospect.HOLDS: Reaction.THUMBS_UP,
    Prospect.LACKS: Reaction.THUMBS_DOWN,
    Prospect.UNCLEAR: Reaction.CONFUSED,
    None: Reaction.CONFUSED,
}


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be shown about a head."""

    head: str
    title: str
    text: str
    sound: bool
    topics: tuple[str, ...] = ()


async def answer(case: Case, asked: Assess, extra: str) -> Reply | None:
    """The command on a pull request: 👀, one comment that stays the same one, and how it ends. `extra` stands below.

    None where that was all; what is still to be said where the policy asks a stronger role.
    """
    turn, comment = case.turn, case.request.comment
    await turn.step("acknowledge", lambda: react(case.session, comment.node_id, Reaction.EYES))
    kept = await turn.step("foresee", lambda: _foreseen(case, asked))
    said = msgspec.convert(kept, Said)
    if said.no_right:
        return await denied(case, said.text)
    own = await turn.step("own", lambda: _own(case))
    spoken = await _speak(case, f"{said.text}\n\n{extra}" if extra else said.text, own)
    mood = _MOODS[said.prospect] if spoken else Reaction.CONFUSED
    await turn.step("react", lambda: react(case.session, comment.node_id, mood))
    _tell(case.tools, "previewed", case.request.place, said.title)
    return None


async def preview(turn: Turn, tools: Tools) -> None:
    """The handler of `preview.v1`: the check run of a pull request's head."""
    request = unpack(turn.job.payload, PushRequest)
    place, session = request.place, tools.session(request.place)
    await turn.listen(scope_of(place.repository_id))
    kept = await turn.step("foresee", lambda: _foreseen_push(turn, tools, session, place))
    if kept is None:
        return
    shown = msgspec.convert(kept, Shown)
    report = report_of(shown, place.number)
    standing = await turn.step("standing", lambda: _standing(session, report))
    if isinstance(standing, str):
        _tell(tools, "no-preview", place, standing)
        return
    existing = None if standing is None else msgspec.convert(standing, StandingCheck)
    if existing is None or not stands(existing, report, 0):
        try:
            await turn.write("report", Report(session, report, existing=existing))
        except Refused as refused:
            _tell(tools, "no-preview", place, refused.reason)
            return
    again = look_again(turn.job.id, request, shown.topics)
    if again is not None:
        await turn.submit(again)


def look_again(job: str, request: PushRequest, topics: tuple[str, ...]) -> Job | None:
    """The look that follows where something is on its way; None where nothing is, or enough was looked. Pure."""
    look = request.look + 1
    if not topics or look > CALLED + len(_PAUSES):
        return None
    root = job.partition(AGAIN)[0]
    next_one = preview_job(f"{root}{AGAIN}{look}", msgspec.structs.replace(request, look=look))
    if look <= CALLED:
        return replace(next_one, topics=topics, delay=_PAUSES[0])
    return replace(next_one, delay=_PAUSES[look - CALLED - 1])


def report_of(shown: Shown, number: int) -> CheckReport:
    """The check run: a success where nothing would be closed that does not hold, else neutral. Pure."""
    return CheckReport(
        name=NAME,
        head_sha=Sha(shown.head),
        conclusion=ReportEnd.SUCCESS if shown.sound else ReportEnd.NEUTRAL,
        title=shown.title,
        summary=shown.text,
        external_id=f"preview:{number}:{shown.head}",
    )


async def _foreseen(case: Case, asked: Assess) -> Json:
    sight = _sight(case.turn, case.tools, case.session, case.request.place)
    by = Asked(request=case.request, command=asked, role=case.role)
    packed: Json = msgspec.to_builtins(await foresee(replace(sight, asked=by)))
    return packed


async def _foreseen_push(turn: Turn, tools: Tools, session: Session, place: Place) -> Json:
    found = await foresee_push(_sight(turn, tools, session, place))
    if found is None:
        return None
    head, said = found
    packed: Json = msgspec.to_builtins(
        Shown(head=head, title=said.title, text=said.text, sound=said.sound, topics=said.topics)
    )
    return packed


def _sight(turn: Turn, tools: Tools, session: Session, place: Place) -> Sighting:
    return Sighting(tools=tools, session=session, place=place, id=assessment_id(turn.job, tools.key), now=tools.clock())


async def _own(case: Case) -> Json:
    """Our newest comment of this kind under the pull request (node id), if there is one."""
    place = case.request.place
    own = await answer_or_refusal(case.session.list_own_comments_since(IssueNumber(place.number), _EVER))
    if isinstance(own, GitHubError):
        return None
    ours = [one for one in own if kind_in(one.body, key=case.tools.key, place=place) is MarkKind.PREVIEW]
    return ours[-1].node_id if ours else None


async def _speak(case: Case, text: str, own: Json) -> bool:
    """Say it; False where GitHub does not let us (a locked conversation)."""
    place, write = case.request.place, f"{case.turn.job.id}:preview"
    upsert = Upsert(
        case.session,
        issue=(NodeId(case.request.issue_node), IssueNumber(place.number)),
        existing=NodeId(own) if isinstance(own, str) else None,
        body=f"{text}\n\n{mark(MarkKind.PREVIEW, write, key=case.tools.key, place=place)}",
        mine=lambda body: bears(body, write, key=case.tools.key, place=place),
    )
    try:
        await case.turn.write("comment", upsert)
    except Refused as refused:
        _tell(case.tools, "comment-refused", place, refused.reason)
        return False
    return True


async def _standing(session: Session, report: CheckReport) -> Json:
    """Our check run at this head, if there is one; a text where GitHub does not let us look."""
    found = await answer_or_refusal(session.check_find(report))
    if isinstance(found, GitHubError):
        return str(found)
    packed: Json = None if found is None else msgspec.to_builtins(found)
    return packed


def _tell(tools: Tools, event: str, place: Place, why: str) -> None:
    tools.report(event, {"repository": place.full_name, "pull": place.number, "why": why})
