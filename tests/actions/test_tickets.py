"""Filing a ticket once: what is kept of it, who is left out, and how it is found again."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.actions.tickets import Filing
from bot.engine import Json, Refused, UnknownOutcome
from bot.github import errors
from bot.github.filed import FiledIssue, FiledIssues, NewIssue

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEW = NewIssue(title="t", body="mark", labels=("ops", "Later"), assignees=("bob",))
MADE = FiledIssue(
    number=7, id=70, node_id="I_7", url="u", title="t", body="mark", open=True, labels=("later",), assignees=("bob",)
)


@dataclass(slots=True)
class Tracker:
    """Answers in turn with what it was given, and remembers whom it should assign."""

    answers: list[FiledIssue | errors.GitHubError]
    filed: tuple[FiledIssue, ...] = ()
    asked: list[tuple[str, ...]] = field(default_factory=list)

    async def file_issue(self, new: NewIssue) -> FiledIssue:
        """The next answer, or the error."""
        self.asked.append(new.assignees)
        answer = self.answers.pop(0)
        if isinstance(answer, errors.GitHubError):
            raise answer
        return answer

    async def filed_issues(self, above: int, since: datetime | None = None) -> FiledIssues:
        """What there is."""
        assert (above, since) == (1, NOW)
        return FiledIssues(issues=self.filed, complete=True)


def filing(tracker: Tracker, new: NewIssue = NEW) -> Filing:
    """A filing for issue 1."""
    return Filing(tracker, parent=1, new=new, mine=lambda body: body == "mark")


def kept(*dropped: str, unassigned: tuple[str, ...] = ()) -> Json:
    """What is kept of the ticket."""
    return {"number": 7, "id": 70, "url": "u", "dropped": list(dropped), "unassigned": list(unassigned)}


async def test_what_is_kept() -> None:
    """Its number, its id, and what GitHub left out; names have no case."""
    assert await filing(Tracker([MADE])).send() == kept("ops")


async def test_one_who_cannot_be_assigned_stops_nothing() -> None:
    """It is filed without, and who is still to be assigned is kept apart from what GitHub left out."""
    tracker = Tracker([errors.Refused("assignees invalid", 422), replace(MADE, assignees=())])
    assert await filing(tracker).send() == kept("ops", unassigned=("bob",))
    assert tracker.asked == [("bob",), ()]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.Refused("title is too long", 422), Refused),
        (errors.Gone("issues are switched off"), Refused),
        (errors.RateLimited(NOW), Refused),
        (errors.Unavailable(), UnknownOutcome),
    ],
)
async def test_a_refusal_and_no_answer(error: errors.GitHubError, kind: type[Exception]) -> None:
    """What surely did nothing is told apart from what may have."""
    with pytest.raises(kind):
        await filing(Tracker([error]), NewIssue(title="t", body="mark")).send()


@pytest.mark.parametrize(("body", "found"), [("mark", kept("ops")), ("another", None)])
async def test_found_again_by_its_mark(body: str, found: Json) -> None:
    """After no answer: ours if it is there, else nothing."""
    there = replace(MADE, body=body)
    assert await filing(Tracker([], (there,))).find(NOW) == found
