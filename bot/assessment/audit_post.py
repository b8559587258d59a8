"""An audit as a comment: that it has begun, how far it is, and at the end what was found. Pure.

Foreign text passes through `markdown`. Issues are linked by way of GitHub's redirect, which leaves no trace in them; on
a server that has none they are only named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.assessment.audit import Audit, Carried, Entry, Standing, Truth
from bot.assessment.audit_text import left_out, month_line, notes, percent, rate_of, reasons
from bot.assessment.claim_wording import ClaimKind
from bot.assessment.document import BUILT_IN
from bot.assessment.markdown import code, fence, link, name, prose
from bot.assessment.wording import brief, count, moment, span

SECONDS_EACH = 1.0
"""How long an issue takes, roughly: `benchmarks/audit.py` and GitHub's own time."""
_MONTHS = 24
_GROUPS = 12
_NUMBERS = 8
_REASONS = 2
_BAR = 20
_CLAIMED: dict[ClaimKind, str] = {
    ClaimKind.COMMIT: "a commit that was named is not there, or was reverted",
    ClaimKind.FILE_PRESENT: "a file that was said to be there is not",
    ClaimKind.FILE_ABSENT: "a file that was said to be gone is there",
    ClaimKind.PATTERN_GONE: "what was said to be gone from the code still occurs",
    ClaimKind.PULL_MERGED: "a pull request that was named is not merged, or was reverted",
    ClaimKind.ISSUE_CLOSED: "an issue that was said to be closed is open",
    ClaimKind.CHECK_PASSING: "checks that were said to pass do not",
    ClaimKind.COUNT: "the fix changed another number of files than was said",
    ClaimKind.RELEASED: "what was said to be released is not",
    ClaimKind.DEPLOYED: "what was said to be deployed is not",
}
_SAID_OPEN = "the closing statement itself says that work remains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What was asked for: whose closings, by whom. `cut`: more were asked for than the operator lets be looked at,
    `wanted` of them.
    """

    repository: str
    by: str
    limit: int
    since: datetime | None = None
    cut: bool = False
    wanted: int | None = None

    @property
    def command(self) -> str:
        """The command that asks the same again."""
        return f"/resolution audit{self._options('=', self.limit)}"

    @property
    def whole(self) -> str:
        """What prints every issue with its reasons, at a terminal, where no operator bounds it."""
        return (
            f"python -m bot audit {self.repository}{self._options(' ', self.wanted or self.limit)} --html report.html"
        )

    def _options(self, between: str, limit: int) -> str:
        since = f" --since{between}{self.since:%Y-%m-%d}" if self.since is not None else ""
        return f"{since} --limit{between}{limit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Why it does not go on at once, in plain words, and when it does."""

    why: str
    until: datetime


def begun(ordered: Ordered, total: int, *, more: bool = False) -> str:
    """It has begun: how many issues, and roughly how long. `more`: GitHub has more than were listed."""
    took = span(timedelta(minutes=max(1, round(total * SECONDS_EACH / 60))))
    what = (
        f"Asked by {name(ordered.by)}. I ask of each what I would ask of an open one, which takes roughly {took}; then"
        " the numbers stand here. Nothing else is written, and nothing is done to any of them."
    )
    parts = (f"### 🔎 Audit: {count(total, 'closed issue')} to look at", what, _bounds(ordered, more=more))
    return "\n\n".join(part for part in parts if part)


def progress(ordered: Ordered, found: Truth, total: int, *, halt: Halt | None = None, now: datetime) -> str:
    """How far it is, and what was found until now."""
    done = found.checked + found.unchecked
    filled = _BAR * done // max(total, 1)
    so_far = f"{found.holds} hold, {found.holds_not} do not, {found.unchecked} cannot be checked"
    parts = [
        f"### 🔎 Audit: {done} of {total} closed issues looked at",
        f"`{'█' * filled}{'░' * (_BAR - filled)}` {so_far}. Asked by {name(ordered.by)}; the numbers will stand here.",
    ]
    if halt is not None:
        parts.append(f"⏳ {prose(halt.why, 200)}: I go on at {moment(halt.until, seen_from=now)}.")
    return "\n\n".join(parts)


def nothing(ordered: Ordered) -> str:
    """There is nothing to audit."""
    since = f" since {ordered.since:%Y-%m-%d}" if ordered.since is not None else ""
    instead = "Ask with an earlier `--since`, or without one." if since else "There is nothing to do."
    return (
        "### 🔎 Audit: there is no closed issue to look at\n\n"
        f"No issue was closed as completed here{since}, as far as I can see. {instead}"
    )


def unlisted(ordered: Ordered, why: str, *, forbidden: bool) -> str:
    """The closed issues could not even be listed; `forbidden`: GitHub does not let me."""
    again = code(ordered.command, 120)
    if forbidden:
        return (
            f"😕 I may not list the closed issues here ({prose(why, 200)}), so I looked at nothing. It takes the"
            " permission `issues`, which an owner of this organisation or account can grant in the app's settings; then"
            f" ask again with {again}."
        )
    return (
        f"😕 I could not list the closed issues ({prose(why, 200)}), so I looked at nothing. Ask again in a few minutes"
        f" with {again}."
    )


def already(by: str, url: str, at: datetime, *, now: datetime) -> str:
    """One audit of a repository at a time."""
    return (
        f"😕 An audit of this repository runs already: {link('asked for', url)} by {name(by)} at"
        f" {moment(at, seen_from=now)}. Its numbers will stand there; ask again when they do."
    )


def summary(audit: Audit, ordered: Ordered, *, stopped: str | None = None, more: bool = False) -> str:
    """What was found. `stopped` says in plain words why not all was looked at."""
    parts = (
        f"### 🔎 {_title(audit)}",
        _what(audit, ordered),
        _stopped(audit, ordered, stopped),
        _bounds(ordered, more=more),
        _numbers(audit.truth),
        _months(audit),
        _grouped("Why they do not hold", _why_not(audit)),
        _worst(audit),
        _grouped("What could not be checked", _unchecked(audit)),
        _read(audit),
        f"Every issue with its reasons, as a page:\n\n{fence(ordered.whole, 400)}",
    )
    return "\n\n".join(part for part in parts if part)


def _what(audit: Audit, ordered: Ordered) -> str:
    """Which closings, by which policy, for whom."""
    asked = audit.asked
    since = f" closed since {asked.since:%Y-%m-%d}" if asked.since is not None else ""
    by = "the built-in policy"
    if asked.policy_source != BUILT_IN:
        by = f"policy {code(brief(asked.policy or ''), 40)} from {prose(asked.policy_source or '', 200)}"
    issues = f"{count(len(audit.issues), 'closed issue')} of {code(asked.repository, 160)}{since}"
    return f"{issues}, by {by}. Asked by {name(ordered.by)}."


def _bounds(ordered: Ordered, *, more: bool) -> str:
    """What is not among them."""
    said = f"The newest {ordered.limit} closings at most, since whoever runs me allows no more." if ordered.cut else ""
    listed = "There are more closed issues than I list: `--since` says where to begin." if more else ""
    return " ".join(part for part in (said, listed) if part)


def _title(audit: Audit) -> str:
    truth = audit.truth
    if truth.rate is None:
        return "Audit: none of the closings could be checked"
    return f"Audit: {percent(truth.rate)} of the closings hold"


def _stopped(audit: Audit, ordered: Ordered, why: str | None) -> str:
    if why is None:
        return ""
    done, listed = len(audit.issues), audit.asked.listed
    return (
        f"⚠️ **Not all was looked at**: {done} of {listed}, the newest closings. {prose(why.rstrip('.'), 300)}."
        f" Ask again with {code(ordered.command, 120)}."
    )


def _numbers(truth: Truth) -> str:
    return (
        f"| | closings |\n|-|-:|\n| holds | {truth.holds} |\n| does not hold | {truth.holds_not} |"
        f"\n| cannot be checked | {truth.unchecked} |\n\n**Closure truth rate** · {rate_of(truth)}"
    )


def _months(audit: Audit) -> str:
    months = audit.months[-_MONTHS:]
    if len(months) < 2:
        return ""
    before = len(audit.months) - len(months)
    earlier = f" (the last {_MONTHS}; {count(before, 'month')} before)" if before else ""
    lines = "\n".join(month_line(one).strip() for one in months)
    return f"**By month of closing**{earlier}\n\n{fence(lines)}"


Groups = dict[str, list[int]]
"""The issues by what they have in common, which is Markdown."""


def _why_not(audit: Audit) -> Groups:
    found: Groups = {}
    for entry in audit.standing(Standing.HOLDS_NOT):
        labels = [*map(_label, entry.reasons), *([_SAID_OPEN] if entry.remains else [])]
        for label in dict.fromkeys(labels):
            found.setdefault(label, []).append(entry.issue.number)
    return found


def _unchecked(audit: Audit) -> Groups:
    found: Groups = {}
    for entry in audit.standing(Standing.UNCHECKED):
        found.setdefault(prose(entry.why or "", 200), []).append(entry.issue.number)
    return found


def _label(carried: Carried) -> str:
    """What failed, so that what fails in the same way has the same words."""
    if not carried.claimed:
        return f"{prose(carried.title, 120)} · {code(carried.criterion, 80)}"
    kind = next((one for one in _CLAIMED if carried.criterion.startswith(f"{one}-")), None)
    return "something else that was said does not hold" if kind is None else _CLAIMED[kind]


def _grouped(head: str, groups: Groups) -> str:
    if not groups:
        return ""
    largest = sorted(groups.items(), key=lambda item: -len(item[1]))
    lines = [f"- {len(numbers)} × {label}: {_listed(numbers)}" for label, numbers in largest[:_GROUPS]]
    more = [f"- and {len(groups) - _GROUPS} other reasons"] if len(groups) > _GROUPS else []
    return "\n".join((f"**{head}**", "", *lines, *more))


def _listed(numbers: list[int]) -> str:
    more = f" and {len(numbers) - _NUMBERS} more" if len(numbers) > _NUMBERS else ""
    return ", ".join(f"`#{number}`" for number in numbers[:_NUMBERS]) + more


def _worst(audit: Audit) -> str:
    lines = [line for place, entry in enumerate(audit.worst_entries, 1) for line in _bad(place, entry)]
    return "\n".join(("**The worst**", "", *lines)) if lines else ""


def _bad(place: int, entry: Entry) -> Iterator[str]:
    head = f"{place}. "
    yield f"{head}{_issue(entry)}, closed {entry.closing.at:%Y-%m-%d}"
    why = reasons(entry)
    more = [f"and {len(why) - _REASONS} more"] if len(why) > _REASONS else []
    for line in (*(prose(one, 300) for one in why[:_REASONS]), *more):
        yield f"{' ' * len(head)}- {line}"


def _issue(entry: Entry) -> str:
    said = f"#{entry.issue.number} {entry.issue.title}"
    if urlsplit(entry.issue.url).hostname != "github.com":
        return prose(said, 160)
    return link(said, entry.issue.url, 160)


def _read(audit: Audit) -> str:
    said = (*notes(audit), *([left_out(audit)] if left_out(audit) else []))
    lines = "\n".join(f"- {prose(one, 600)}" for one in said)
    return f"<details><summary>How to read this</summary>\n\n{lines}\n\n</details>"
