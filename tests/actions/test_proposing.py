"""Opening a pull request once, and finding it again."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from bot.actions.proposing import Proposing
from bot.engine import Json, Refused, UnknownOutcome
from bot.github import errors
from bot.github.proposals import NewProposal, Proposal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEW = NewProposal(head="x", base="main", title="t", body="b")
OPEN = Proposal(number=7, url="u", body="b", open=True, merged=False, ours=True, author="resolution[bot]")
MADE: Json = {"number": 7, "url": "u"}
TAKEN = errors.Refused("A pull request already exists", 422)


@dataclass(slots=True)
class Github:
    """Opens, or raises what it was given; `there` is what a look shows."""

    answer: Proposal | errors.GitHubError
    there: tuple[Proposal, ...] = ()

    async def open_proposal(self, new: NewProposal) -> Proposal:
        """The answer."""
        assert new == NEW
        if isinstance(self.answer, errors.GitHubError):
            raise self.answer
        return self.answer

    async def proposals_from(self, branch: str) -> tuple[Proposal, ...]:
        """What there is."""
        assert branch == "x"
        return self.there


@pytest.mark.parametrize("github", [Github(OPEN), Github(TAKEN, (OPEN,))], ids=["opened", "there-already"])
async def test_opened(github: Github) -> None:
    """Its number and page; one that is open already is as good."""
    assert await Proposing(github, new=NEW).send() == MADE


@pytest.mark.parametrize(
    ("error", "kind"),
    [(TAKEN, Refused), (errors.Forbidden("no"), Refused), (errors.Unavailable(), UnknownOutcome)],
)
async def test_a_refusal_and_no_answer(error: errors.GitHubError, kind: type[Exception]) -> None:
    """What surely did nothing is told apart from what may have."""
    with pytest.raises(kind):
        await Proposing(Github(error), new=NEW).send()


@pytest.mark.parametrize(
    ("there", "found"),
    [(OPEN, MADE), (replace(OPEN, open=False), None), (replace(OPEN, ours=False), None)],
    ids=["ours", "closed", "somebody's"],
)
async def test_found_again(there: Proposal, found: Json) -> None:
    """Only one that is open and ours."""
    assert await Proposing(Github(OPEN, (there,)), new=NEW).find(NOW) == found
