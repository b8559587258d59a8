"""Which pull requests change the policy: by the list of their files, and by content where that does not tell."""

from dataclasses import replace

import pytest

from bot.assessment.evidence import Sha
from bot.commands.lint import Tells, is_touched, told_by, touches
from bot.github.answers import PullView
from bot.github.models import PolicyFile, PullFile, PullState
from tests.probes.world import pull

PATH = ".github/resolution.yml"
HEAD, BEFORE = "a" * 40, "b" * 40
OPEN = PullView(pull=replace(pull(2), state=PullState.OPEN), linked=(), default_branch="main", head_sha=Sha(HEAD))
CLOSED = replace(OPEN, pull=replace(OPEN.pull, state=PullState.CLOSED))


def file(path: str, previous: str | None = None) -> PullFile:
    return PullFile(path=path, additions=1, deletions=0, change="MODIFIED", previous=previous)


def policy(oid: str | None) -> PolicyFile | None:
    return None if oid is None else PolicyFile(path=PATH, oid=oid, size_bytes=1, text="x")


@pytest.mark.parametrize(
    ("files", "expected"),
    [((), False), ((file("a"), file(PATH)), True), ((file("old.yml", PATH),), True), ((file(f"x/{PATH}"),), False)],
)
def test_which_files_matter(files: tuple[PullFile, ...], expected: bool) -> None:
    """The policy itself, by its new path or its old one."""
    assert touches(files) is expected


@pytest.mark.parametrize(
    ("view", "files", "head", "expected"),
    [
        (OPEN, (file("a"),), HEAD, Tells.ALONE),
        (OPEN, (file(PATH),), HEAD, Tells.TOUCHED),
        (OPEN, (file(PATH),), BEFORE, Tells.TOUCHED),
        (OPEN, (file("a"),), BEFORE, Tells.ANOTHER_PUSH),
        (OPEN, None, HEAD, Tells.NOT_ALL),
        (OPEN, None, BEFORE, Tells.NOT_ALL),
        (CLOSED, (file(PATH),), HEAD, Tells.ALONE),
        (CLOSED, None, HEAD, Tells.ALONE),
    ],
)
def test_what_the_list_tells(view: PullView, files: tuple[PullFile, ...] | None, head: str, expected: Tells) -> None:
    """It is believed where it is whole and of this push; a closed one is left alone."""
    assert expected is told_by(view, files, head)


@pytest.mark.parametrize(
    ("tells", "head", "now", "listed", "expected"),
    [
        (Tells.ALONE, "x", "y", None, False),
        (Tells.TOUCHED, "x", "x", None, True),
        (Tells.NOT_ALL, "x", "x", "y", False),
        (Tells.NOT_ALL, "x", "y", "x", True),
        (Tells.NOT_ALL, None, "y", None, True),
        (Tells.ANOTHER_PUSH, "x", "y", "x", False),
        (Tells.ANOTHER_PUSH, "x", "x", "y", True),
        (Tells.ANOTHER_PUSH, None, "x", None, False),
    ],
)
def test_what_the_content_tells(
    tells: Tells, head: str | None, now: str | None, listed: str | None, expected: bool
) -> None:
    """Compared is with the default branch, or with the push that GitHub lists."""
    assert expected is is_touched(tells, policy(head), now=policy(now), listed=policy(listed))
