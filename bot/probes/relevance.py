"""Has a pull request anything to do with the issue that it closes? Pure.

Rules:
1. Whoever writes the closing keyword into a pull request's title or body, or links it by hand, means it. It is
   doubted only where the issue names files or identifiers and the change touches none of them, in no form.
2. A keyword that stands only in one of several commits may have come along by accident (a squashed sub-commit of an
   unrelated change): it is doubted unless change and issue have something in common.
3. What cannot be told is not doubted.
"""

import re
from pathlib import PurePosixPath

from bot.github.models import EventKind, Pull, Snapshot, Unknown

_KEYWORD = r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]{{1,100}}/[\w.-]{{1,100}})?(?:#|GH-){number}\b"
_FENCE = re.compile(r"^ {0,3}(```|~~~)[^\n]*\n.*?(?:^ {0,3}\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"(?<![\w/.:-])/?(?:[\w.-]{1,80}/){0,12}[\w-]{1,80}\.[a-z]{1,5}\b(?!/)")
_CODE_SPAN = re.compile(r"`([^`\n]{3,80})`")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,60}")
_WORD = re.compile(r"[a-z][a-z0-9]{3,40}")
_COMMON = frozenset(
    {"after", "also", "before", "branch", "broken", "change", "changes", "closed", "closes", "code", "could", "does"}
    | {"doesn", "error", "errors", "fail", "failed", "failing", "fails", "file", "files", "fixed", "fixes", "from"}
    | {"have", "into", "issue", "made", "main", "make", "makes", "master", "merge", "merged", "need", "needs", "only"}
    | {"please", "pull", "request", "resolved", "resolves", "should", "some", "support", "test", "tests", "that"}
    | {"then", "there", "this", "update", "updates", "used", "uses", "using", "when", "with", "work", "works", "would"}
    | {"wrong"}
)
_MOST = 65_536


def unrelated(pull: Pull, snapshot: Snapshot) -> str | None:
    """Why a pull request proves little for the issue, in plain words; None where there is no reason to doubt it."""
    names, words = _named(snapshot)
    touched = _touched(pull)
    shared = touched & (names | words)
    if shared:
        return None
    if not _declared(pull, snapshot):
        return "only one of its commits mentions this issue, and it touches nothing that the issue names"
    complete = 0 < pull.changed_files <= len(pull.files)
    return "it touches nothing that the issue names" if names and complete else None


def _declared(pull: Pull, snapshot: Snapshot) -> bool:
    """Does the link stand on the pull request itself rather than in one of several commits?"""
    issue = snapshot.issue
    keyword = re.compile(_KEYWORD.format(number=issue.number), re.IGNORECASE)
    by_url = f"/issues/{issue.number}"
    if keyword.search(pull.title) or keyword.search(pull.body[:_MOST]) or by_url in pull.body[:_MOST]:
        return True
    in_commits = sum(bool(keyword.search(message[:_MOST])) for message in pull.commit_messages)
    if not in_commits or in_commits == pull.commit_count:
        return True
    events = () if isinstance(issue.timeline, Unknown) else issue.timeline
    return any(event.kind is EventKind.CONNECTED and event.subject == pull.number for event in events)


def _named(snapshot: Snapshot) -> tuple[frozenset[str], frozenset[str]]:
    """What the issue names: stems of files and identifiers in code spans; and its title's words."""
    body = _FENCE.sub("\n", snapshot.issue.body[:_MOST])
    text = f"{snapshot.issue.title}\n{body}"
    names: set[str] = set()
    for path in _PATH.findall(text):
        names |= _stems(path)
    for span in _CODE_SPAN.findall(text):
        names |= {name.lower() for name in _NAME.findall(span)}
    return frozenset(names - _COMMON), frozenset(_words(snapshot.issue.title))


def _touched(pull: Pull) -> frozenset[str]:
    """Everything that a pull request's files, title, branch and commits are called by."""
    found: set[str] = set()
    for file in pull.files:
        found |= _stems(file.path)
    text = "\n".join((pull.title, pull.head, *(message[:2000] for message in pull.commit_messages)))
    found |= {name.lower() for name in _NAME.findall(text)}
    found |= _words(text)
    return frozenset(found - _COMMON)


def _stems(path: str) -> set[str]:
    """The names by which a path is known: its file's stem (without `test_`), the folders, and their words."""
    at = PurePosixPath(path.lower())
    stem = at.name.partition(".")[0].removeprefix("test_").removesuffix("_test")
    parts = {stem, *(part for part in at.parts[:-1] if part not in {"/", "src", "lib", "tests", "test", "docs"})}
    words = {word for part in parts for word in re.split(r"[^a-z0-9]+", part) if len(word) > 3}
    return {part for part in parts | words if len(part) > 2}


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower())) - _COMMON
