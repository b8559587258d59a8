"""Making files stand on a branch: once, never against somebody, and never without an end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.actions.files import TRIES, Committing, Wanted
from bot.assessment.evidence import Sha
from bot.engine import Refused, UnknownOutcome
from bot.github import errors
from bot.github.branches import At, BranchView, PathAt
from bot.github.commits import NewCommit, blob_id

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BASE, HEAD, MADE = Sha("b" * 40), Sha("a" * 40), Sha("c" * 40)


def view(head: Sha | None, **content: str) -> BranchView:
    """The branch with files `a` and `b` as given."""
    paths = tuple(
        PathAt(path=path, at=At.FILE, oid=blob_id(content[path])) if path in content else PathAt(path=path)
        for path in ("a", "b")
    )
    return BranchView(repository="o/r", archived=False, default="main", branch="x", head=head, paths=paths)


@dataclass(slots=True)
class Writer:
    """Shows one view after the other (the last one for ever), and commits or raises what it was given."""

    views: list[BranchView]
    commits: list[Sha | errors.GitHubError] = field(default_factory=list)
    made: list[NewCommit] = field(default_factory=list)
    branches: list[tuple[str, Sha]] = field(default_factory=list)

    async def branch_view(self, branch: str | None, paths: Sequence[str]) -> BranchView:
        """The next view."""
        assert (branch, list(paths)) == ("x", ["a", "b"])
        return self.views.pop(0) if len(self.views) > 1 else self.views[0]

    async def create_branch(self, branch: str, at: Sha) -> None:
        """Remembered."""
        self.branches.append((branch, at))

    async def commit_files(self, new: NewCommit) -> Sha:
        """The next commit, or the error."""
        self.made.append(new)
        made = self.commits.pop(0) if self.commits else MADE
        if isinstance(made, errors.GitHubError):
            raise made
        return made


def moving(writer: Writer) -> Committing:
    """The file `a` in the place of `b`, which was there when it was decided on."""
    seen = {"a": None, "b": blob_id("old")}
    wanted = Wanted(branch="x", start=BASE, files=(("a", "1"),), seen=seen, headline="h", body="t", gone=("b",))
    return Committing(writer, wanted=wanted, clock=lambda: NOW)


def committing(writer: Writer) -> Committing:
    """Two files that were not there when it was decided on."""
    wanted = Wanted(
        branch="x",
        start=BASE,
        files=(("a", "1"), ("b", "2")),
        seen={"a": None, "b": None},
        headline="h",
        body="t",
    )
    return Committing(writer, wanted=wanted, clock=lambda: NOW)


async def test_one_commit_on_a_new_branch() -> None:
    """The branch is made where it is to begin, and both files are committed on what it is then."""
    writer = Writer([view(None), view(BASE)])
    assert await committing(writer).send() == {"sha": MADE}
    assert writer.branches == [("x", BASE)]
    assert [(one.on, one.files) for one in writer.made] == [(BASE, (("a", "1"), ("b", "2")))]


async def test_what_stands_needs_no_commit() -> None:
    """All of it: nothing is sent. A part of it: the rest is."""
    whole, part = Writer([view(HEAD, a="1", b="2")]), Writer([view(HEAD, a="1")])
    assert await committing(whole).send() == {"sha": HEAD}
    assert whole.made == []
    await committing(part).send()
    assert [one.files for one in part.made] == [(("b", "2"),)]


async def test_a_branch_that_moved_on_is_read_again() -> None:
    """The second commit stands on the new head; one that is too new to be seen is waited for alike."""
    writer = Writer([view(BASE), view(HEAD), view(HEAD)], [errors.Stale("moved"), errors.NotFound("no branch")])
    assert await committing(writer).send() == {"sha": MADE}
    assert [one.on for one in writer.made] == [BASE, HEAD, HEAD]


async def test_it_has_an_end() -> None:
    """A branch that never keeps still is given up, with a final word."""
    writer = Writer([view(HEAD)], [errors.Stale("moved")] * TRIES)
    with pytest.raises(Refused, match="did not keep still") as refused:
        await committing(writer).send()
    assert (refused.value.retry_at, len(writer.made)) == (None, TRIES)


async def test_what_somebody_wrote_in_between_stays() -> None:
    """A file that was not there when this was decided on is not overwritten."""
    writer = Writer([view(HEAD, a="mine")])
    with pytest.raises(Refused, match="somebody else writes a on x"):
        await committing(writer).send()
    assert writer.made == []


async def test_what_was_moved_goes() -> None:
    """By the same commit, or by one of its own; what somebody changed meanwhile stays, and is no hindrance."""
    writer = Writer([view(HEAD, b="old"), view(HEAD, a="1", b="old"), view(HEAD, b="mine")])
    for _ in range(3):
        await moving(writer).send()
    assert [(one.files, one.gone) for one in writer.made] == [
        ((("a", "1"),), ("b",)),
        ((), ("b",)),
        ((("a", "1"),), ()),
    ]
    assert await moving(Writer([view(HEAD, a="1")])).find(NOW) == {"sha": HEAD}
    assert await moving(Writer([view(HEAD, a="1", b="old")])).find(NOW) is None


@pytest.mark.parametrize(
    ("error", "kind", "until"),
    [
        (errors.Forbidden("no", "contents: write"), Refused, None),
        (errors.Refused("protected", 422), Refused, None),
        (errors.RateLimited(NOW), Refused, NOW),
        (errors.Unavailable(), UnknownOutcome, None),
    ],
)
async def test_a_refusal_and_no_answer(
    error: errors.GitHubError, kind: type[Exception], until: datetime | None
) -> None:
    """What surely did nothing is told apart from what may have."""
    with pytest.raises(kind) as raised:
        await committing(Writer([view(HEAD)], [error])).send()
    assert getattr(raised.value, "retry_at", None) == until


async def test_found_again_by_what_stands_there() -> None:
    """Whoever wrote it, and whenever."""
    assert await committing(Writer([view(HEAD, a="1", b="2")])).find(NOW) == {"sha": HEAD}
    assert await committing(Writer([view(HEAD, a="1")])).find(NOW) is None
    assert await committing(Writer([view(None)])).find(NOW) is None
