"""A pull request was merged: every issue that it closes or refers to is assessed and answered by itself.

Rules:
1. GitHub's own closing references count, joined with keywords in the body and the commit messages, since GitHub keeps
   no references for pull requests that do not go to the default branch.
2. "Refs #n" and its like is assessed and never closed.
3. GitHub closes issues a second or two after the merge, in no promised order: the assessments wait for that, so that an
   issue which it has closed is verified instead of being closed twice.
4. Who speaks after the merge was not heard by it, whenever the issue is looked at. When it was merged is GitHub's word,
   like the times of comments, in whole seconds: who speaks in the same second counts, too.
5. What it closes may have to run somewhere by a time: see `bot.commands.promise`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from bot.actions.trouble import answer_or_refusal
from bot.assessment.linked import extract_links
from bot.assessment.policy import Role
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands.promise import promise_to
from bot.commands.request import Errand, LinkedRequest, MergeRequest, heard_until, pack, unpack
from bot.commands.route import LINKED_JOB, SETTLING
from bot.commands.run import Run
from bot.commands.saying import Asker
from bot.commands.tools import Tools
from bot.engine import Job, Json, Turn
from bot.github.answers import PullView
from bot.github.errors import GitHubError
from bot.github.session import Session

MOST_CLOSED = 100  # whatever goes beyond is the guard's to look at, closing by closing
MOST_LINKED = 20  # of those that are only referred to


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An issue of the same repository that the pull request speaks of."""

    number: int
    closes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How long to wait after a merge before its issues are looked at."""

    pause: timedelta = SETTLING


async def merge(turn: Turn, tools: Tools, *, settling: Settling) -> None:
    """The handler of `merge.v1`: submits one job for each linked issue."""
    request = unpack(turn.job.payload, MergeRequest)
    session = tools.session(request.place)
    kept = await turn.step("links", lambda: _links(session, request, tools))
    found = msgspec.convert(kept, tuple[str, tuple[Link, ...]])
    url, links = found
    for link in links:
        place = msgspec.structs.replace(request.place, number=link.number)
        linked = LinkedRequest(
            place=place, pull=request.place.number, pull_url=url, closes=link.closes, since=_merged_at(request)
        )
        await turn.submit(_job(turn, linked, settling))
    await promise_to(turn, tools, request, tuple(link.number for link in links if link.closes))


def _merged_at(request: MergeRequest) -> tuple[datetime, int] | None:
    return None if request.merged_at is None else (request.merged_at.replace(microsecond=0), 0)


def _job(turn: Turn, linked: LinkedRequest, settling: Settling) -> Job:
    place = linked.place
    return Job(
        id=f"{turn.job.id}:{place.number}",
        kind=LINKED_JOB,
        key=place.key,
        payload=pack(linked),
        delay=settling.pause,
    )


async def _links(session: Session, request: MergeRequest, tools: Tools) -> Json:
    told = await answer_or_refusal(session.pull_view(request.place.number))
    if isinstance(told, GitHubError):
        tools.report(
            "no-links", {"repository": request.place.full_name, "pull": request.place.number, "why": str(told)}
        )
        return ["", []]
    packed: Json = msgspec.to_builtins((told.pull.url, linked_issues(told)))
    return packed


def linked_issues(told: PullView) -> tuple[Link, ...]:
    """The issues of the pull request's own repository, each once; closing outweighs referring. Pure.

    Those that it closes come first, and only either kind's first ones count.
    """
    pull = told.pull
    closes: dict[int, bool] = {}
    for linked in told.linked:
        if linked.repository.lower() == pull.repository.lower():
            closes[linked.number] = True
    into_default = pull.base == told.default_branch
    for text in (pull.body, *pull.commit_messages):
        for link in extract_links(text, pull.repository):
            if link.repository.lower() == pull.repository.lower():
                closes[link.number] = closes.get(link.number, False) or (link.closes and into_default)
    closes.pop(pull.number, None)
    closed = [Link(number=number, closes=True) for number, closing in closes.items() if closing]
    referred = [Link(number=number, closes=False) for number, closing in closes.items() if not closing]
    return (*closed[:MOST_CLOSED], *referred[:MOST_LINKED])


def linked_run(turn: Turn, tools: Tools, request: LinkedRequest, errand: Errand | None = None) -> Run:
    """The run that a merge sets off; with an `errand`, one that goes on with it."""
    return Run(
        turn=turn,
        tools=tools,
        session=tools.session(request.place),
        place=request.place,
        trigger=Trigger(
            kind=TriggerKind.MERGE,
            url=request.pull_url,
            pull=request.pull,
            refers_only=not request.closes,
            joined=request.joined,
        ),
        asker=Asker(login=None, role=Role.NONE),
        since=heard_until(errand) or request.since,
        request=request,
        errand=errand,
    )
