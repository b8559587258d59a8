"""What must hold in every order, by the issue's own history and what the bot has said."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from bot.simulator.entities import EventKind, Issue, TimelineEvent
from tests.journeys.stage import FINAL, Stage
from tests.journeys.waiting import home

US = "resolution[bot]"
ASK = "/assess-resolution"
HAVE_A_SAY = frozenset({"bob", "carol"})
MIDWAY = timedelta(seconds=30)  # who speaks between our last look and the closing is heard by neither


def broken_rules(stage: Stage) -> list[str]:
    """The rules that were broken, each with the event by which it was; none, it is hoped."""
    issue = home(stage.github).issues[1]
    return [
        *_closed_while_held(issue),
        *_closed_over_a_word(issue, home(stage.github).issues[2]),
        *_against_a_person(issue),
        *_fought_with(issue),
        *_unanswered(issue, stage),
    ]


def _closed_while_held(issue: Issue) -> Iterator[str]:
    """We close nothing while a label holds it."""
    held = False
    for one in issue.events:
        if one.label is not None and one.label.name == "on-hold":
            held = one.kind is EventKind.LABELED
        if held and _ours(one, EventKind.CLOSED):
            yield f"closed while it was held, at {one.created_at}"


def _closed_over_a_word(issue: Issue, pull: Issue) -> Iterator[str]:
    """Over what was said since the merge we close only for who has asked since."""
    merged = pull.pull.merged_at if pull.pull is not None else None
    said = [one.created_at for one in issue.comments if one.author.login in HAVE_A_SAY]
    asked = [one.created_at for one in issue.comments if one.body.startswith(ASK)]
    for one in issue.events:
        if merged is None or not _ours(one, EventKind.CLOSED):
            continue
        words = [at for at in said if merged < at < one.created_at - MIDWAY]
        if words and not any(max(words) < at < one.created_at for at in asked):
            yield f"closed at {one.created_at} over what was said at {max(words)}"


def _against_a_person(issue: Issue) -> Iterator[str]:
    """Once a person has reopened it, we neither close nor reopen it until a person closes it, or asks for it."""
    commands = [one.created_at for one in issue.comments if one.body.startswith((ASK, "/reopen"))]
    against: TimelineEvent | None = None
    for one in issue.events:
        by_hand = not one.actor.login.endswith("[bot]") and one.other is None
        if one.kind is EventKind.REOPENED and by_hand:
            against = one
        elif one.kind is EventKind.CLOSED and by_hand:
            against = None
        elif against is not None and _acts_unasked(one, against, commands):
            yield f"{one.kind.value} after {against.actor.login} reopened it, and nobody asked, at {one.created_at}"


def _acts_unasked(one: TimelineEvent, against: TimelineEvent, commands: list[datetime]) -> bool:
    ours = _ours(one, EventKind.CLOSED) or _ours(one, EventKind.REOPENED)
    return ours and not any(against.created_at <= at <= one.created_at for at in commands)


def _fought_with(issue: Issue) -> Iterator[str]:
    """Nobody's closings are undone by ourselves twice, and never anybody's after a reopening of ours."""
    asked = any(one.body.startswith("/reopen") for one in issue.comments)
    closers = [
        before.actor.login
        for before, one in _states(issue)
        if _ours(one, EventKind.REOPENED) and not (asked and before.actor.login == US)
    ]
    if len(closers) != len(set(closers)):
        yield f"reopened more than once against the same: {closers}"


def _states(issue: Issue) -> list[tuple[TimelineEvent, TimelineEvent]]:
    """Closings and reopenings, each with the one before."""
    states = [one for one in issue.events if one.kind in {EventKind.CLOSED, EventKind.REOPENED}]
    return list(pairwise(states))


def _unanswered(issue: Issue, stage: Stage) -> Iterator[str]:
    """Every command has its end, one answer stands, and no job has failed."""
    for one in issue.comments:
        final = {it.content for it in one.reactions if it.author.login == US} & FINAL
        if one.author.login != US and one.body.startswith("/") and not final:
            yield f"no final answer for {one.body}"
    standing = [one for one in issue.comments if _is_answer(one.body) and one.minimized is None]
    if len(standing) > 1:
        yield f"{len(standing)} answers stand"
    yield from (name for name, _ in stage.events if name in {"job-dead", "job-failed"})


def _is_answer(body: str) -> bool:
    """What came back is told beside the closing's answer, which leads there."""
    return "<!-- resolution-bot: v1 kind=assessment" in body and not body.startswith("### 🔁")


def _ours(one: TimelineEvent, kind: EventKind) -> bool:
    return one.kind is kind and one.actor.login == US
