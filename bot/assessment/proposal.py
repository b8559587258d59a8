"""The words round a learning document: its branch, its commit's message, its pull request. Pure.

Rules:
1. What GitHub reads as a command holds no foreign text: neither the commit's message nor the pull request's title,
   which becomes a message where it is squashed. The body names the issue, without a word that would close it.
2. The same findings are the same content, whenever they were measured: their fingerprint stands in the message and in
   our mark below the pull request's text.
3. A pull request's text that people changed stays theirs; only our mark in it is renewed.
"""

import re
from hashlib import sha256

from bot.assessment.document import Assessment
from bot.assessment.markdown import code, link, prose, row
from bot.assessment.marker import Mark, MarkKind, Place, comment_marker, read_mark
from bot.assessment.wording import brief

BRANCHES = "resolution-bot/record-"
"""How the branches begin on which learning documents are proposed."""

_PRINT = re.compile(r"^Content: ([0-9a-f]{16})$", re.MULTILINE)
_NO_CI = "[skip ci]"  # GitHub starts no workflow for a push whose last message says so
_DECIDE = (
    "Whether it belongs into the repository is for people to decide: merge it, change it on its branch, or close it."
    " What people change here stays. Once this is closed unmerged, I do not propose the same again."
)


def branch_of(issue: int, number: int) -> str:
    """The branch of an issue's first, second, … proposal: a later one where the one before is finished."""
    return f"{BRANCHES}{issue}" if number == 1 else f"{BRANCHES}{issue}-{number}"


def fingerprint(assessment: Assessment, paths: tuple[str, ...]) -> str:
    """What is the same for the same findings in the same files: 16 hex digits."""
    findings = ((one.criterion.id, one.evidence) for one in assessment.findings)
    said = (part for name, one in findings for part in (name, one.outcome, one.expected, one.observed))
    whole = "\0".join((*paths, assessment.verdict.kind, assessment.state.title, *said, *assessment.out_of_scope))
    return sha256(whole.encode(errors="replace")).hexdigest()[:16]


def message(content: str) -> str:
    """What stands below the commit's subject. It does not link to the issue: no commit of ours is a fix."""
    return f"Content: {content}\n{_NO_CI}"


def content_of(text: str) -> str | None:
    """The fingerprint in a commit's message, if there is one."""
    found = _PRINT.search(text.replace("\r\n", "\n"))
    return found[1] if found else None


def title(issue: int) -> str:
    """The pull request's title."""
    return f"Learning document of issue {issue}"


def body(assessment: Assessment, paths: tuple[str, ...], *, evidence_url: str | None) -> str:
    """The pull request's text, without our mark."""
    rows = [("Files", ", ".join(code(path) for path in paths)), ("Verdict", code(assessment.verdict.kind))]
    rows.append(("Policy", code(brief(assessment.policy.digest))))
    if evidence_url:
        rows.append(("Evidence", link("everything that was measured", evidence_url)))
    about = prose(assessment.state.title, 200)
    parts = (
        f"What was learned from #{assessment.issue}{f': {about}' if about else ''}",
        "\n".join(("| | |", "|-|-|", *(row(cells) for cells in rows))),
        _DECIDE,
    )
    return "\n\n".join(parts)


def marked(text: str, content: str, *, key: bytes, place: Place) -> str:
    """The text with our mark below it: it has the fingerprint, and tells later whether people changed the text."""
    return f"{text}\n\n{_mark(content, _digest(text), key=key, place=place)}"


def content_in(text: str, *, key: bytes, place: Place) -> str | None:
    """The fingerprint in our mark of a pull request's text; None where there is no such mark."""
    found = _found(_lines(text), key=key, place=place)
    return found[1] if found is not None else None


def revised(there: str, text: str, content: str, *, key: bytes, place: Place) -> str | None:
    """What becomes of a pull request's text: `text` with our mark.

    None where it is right, or our mark was taken out.
    """
    lines = _lines(there)
    found = _found(lines, key=key, place=place)
    if found is None:
        return None
    index, known, digest = found
    theirs = "\n".join((*lines[:index], *lines[index + 1 :])).strip()
    if _digest(theirs) == digest:
        new = marked(text, content, key=key, place=place)
        return new if theirs != text or known != content else None
    if known == content:
        return None
    return "\n".join((*lines[:index], _mark(content, digest, key=key, place=place), *lines[index + 1 :]))


def _mark(content: str, digest: str, *, key: bytes, place: Place) -> str:
    return comment_marker(Mark(kind=MarkKind.RECORD, write=f"{content}.{digest}"), key=key, place=place)


def _found(lines: list[str], *, key: bytes, place: Place) -> tuple[int, str, str] | None:
    """Our mark: on which line, the fingerprint of the content, the digest of the text."""
    for index, one in enumerate(lines):
        mark = read_mark(one.strip(), key=key, place=place)
        if mark is not None and mark.kind is MarkKind.RECORD:
            content, _, digest = mark.write.partition(".")
            return index, content, digest
    return None


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _digest(text: str) -> str:
    return sha256(text.strip().encode(errors="replace")).hexdigest()[:16]
