"""A change that landed, and what later commit messages say of its revert. Pure.

A revert that was itself reverted does not count.
"""

import re
from dataclasses import dataclass

from bot.assessment.evidence import Sha
from bot.github.models import CommitInfo, PullFile

_MOST_READ = 8_000
_MOST_NAMED = 100
_SHA = r"[0-9a-f]{7,40}"
_BY_SHA = re.compile(
    r"(?:(?<!partially )(?<!partly )\breverts|^revert:?) (?:commits? |merge )?"
    rf"({_SHA}(?:(?:, and |, | and ){_SHA})*)\b",
    re.IGNORECASE | re.MULTILINE,
)
_CONVENTIONAL = re.compile(r"revert(?:\([^)\n]{0,80}\))?!?:", re.IGNORECASE)
_BY_NUMBER = re.compile(r"\breverts (?:pull request )?([\w.-]{1,100}/[\w.-]{1,100})?#(\d{1,9})\b", re.IGNORECASE)
_BY_TITLE = re.compile(r'(revert|reapply) "(.{1,400})"(?: \(#\d{1,9}\))?', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that landed as `sha`, on top of `before` (any expression that git resolves).

    `size` is how many lines it adds and deletes, where that is known for the whole change.
    """

    sha: Sha
    before: str
    title: str | None
    number: int | None
    files: tuple[PullFile, ...]
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reverts:
    """What one commit says that it reverts."""

    shas: tuple[str, ...]
    numbers: frozenset[int]
    title: str | None

    def means(self, target: Change) -> bool:
        """Is the target one of them?"""
        if target.number in self.numbers or any(target.sha.startswith(sha) for sha in self.shas):
            return True
        return self.title is not None and target.title in {self.title, f"{self.title} (#{target.number})"}


def since(history: tuple[CommitInfo, ...], sha: Sha) -> tuple[CommitInfo, ...]:
    """The commits that may have come after another one: all but itself and what leads to it, newest first.

    By ancestry, not by place: clocks are wrong, and a commit that is dated ahead stands before those that revert it.
    """
    known = {commit.oid: commit for commit in history}
    led: set[Sha] = set()
    ahead = [sha]
    while ahead:
        oid = ahead.pop()
        if oid not in led:
            led.add(oid)
            ahead.extend(known[oid].parents if oid in known else ())
    return tuple(commit for commit in history if commit.oid not in led)


def reverted_by(history: tuple[CommitInfo, ...], change: Change, repository: str) -> CommitInfo | None:
    """The commit that says it reverts the change and that still counts; `history` is newest first."""
    standing: list[tuple[CommitInfo, _Reverts]] = []
    for commit in since(history, change.sha):
        number = number_in_title(commit.message)
        target = Change(sha=commit.oid, before="", title=_first_line(commit.message), number=number, files=())
        if not any(reverts.means(target) for _, reverts in standing):
            standing.append((commit, _reverts(commit.message, repository)))
    return next((commit for commit, reverts in standing if reverts.means(change)), None)


def _reverts(message: str, repository: str) -> _Reverts:
    """What a commit's message says that it reverts: shas and numbers, or else the title that git quotes."""
    text = message[:_MOST_READ]
    shas = [sha for match in _BY_SHA.finditer(text) for sha in re.findall(_SHA, match[1].lower())]
    if _CONVENTIONAL.match(text):
        shas += re.findall(rf"\b{_SHA}\b", text.lower())
    numbers = [int(number) for where, number in _BY_NUMBER.findall(text) if where.lower() in {"", repository.lower()}]
    title = None if shas or numbers else _quoted_title(text)
    return _Reverts(shas=tuple(dict.fromkeys(shas))[:_MOST_NAMED], numbers=frozenset(numbers), title=title)


def _quoted_title(message: str) -> str | None:
    """Git's own wording: `Revert "<title>"`, and `Reapply "<title>"` for a revert of that revert."""
    match = _BY_TITLE.fullmatch(_first_line(message))
    if match is None:
        return None
    return match[2] if match[1].lower() == "revert" else f'Revert "{match[2]}"'


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0].strip()


def number_in_title(message: str) -> int | None:
    """The pull request that GitHub names in the first line of a merge or squash commit."""
    line = _first_line(message)
    match = re.search(r"\(#(\d{1,9})\)$", line) or re.match(r"Merge pull request #(\d{1,9}) ", line)
    return int(match[1]) if match else None
