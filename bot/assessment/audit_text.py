"""An audit as plain text, for a terminal, a log or a file. Pure.

Foreign text stands on one line of its own words: nothing invisible of it is shown, and nothing of it starts a line.
"""

from collections.abc import Iterable, Iterator

from bot.assessment.audit import Audit, Carried, Entry, Month, Standing, Truth
from bot.assessment.document import BUILT_IN
from bot.assessment.markdown import clean
from bot.assessment.wording import listing, short

_BAR = 20
_REASONS = 5
_NUMBERS = 20
_NOT_CLOSED = "Left out, since by the file they are not closed"
_NO_KNOWN_REASON = "Left out, since the reason why they were closed (`stateReason`) is not known here"


def notes(audit: Audit) -> tuple[str, ...]:
    """What must be known to read the numbers, a sentence each."""
    asked = audit.asked
    where = listing([short(commit) for commit in audit.commits[:3]])
    at = f", at {where}" if where else ""
    said = (
        "The closing statement is what was said until an hour after the closing.",
        f"Whether a commit is there and was not reverted is asked of the default branch as it is now{at}.",
        "A closing that cannot be checked counts for neither side.",
    )
    offline = (
        "Only a local checkout was read: pull requests, checks and other issues could not be asked.",
        "Owners, members and collaborators had a say, as the file calls them; nobody was asked for their roles.",
    )
    why = "since a checkout cannot answer it" if asked.offline else "since it only says how things are today"
    dropped = f"Not asked, {why}: {listing(asked.not_asked)}."
    return (*said, *(offline if asked.offline else ()), *((dropped,) if asked.not_asked else ()))


def rate_of(truth: Truth) -> str:
    """The share with its interval: `76.6 % (98 of 128; 95 % sure: 68.5 % to 83.1 %)`."""
    if truth.rate is None or truth.low is None or truth.high is None:
        return "none could be checked"
    sure = f"95 % sure: {percent(truth.low)} to {percent(truth.high)}"
    return f"{percent(truth.rate)} ({truth.holds} of {truth.checked}; {sure})"


def percent(share: float) -> str:
    """`76.6 %`."""
    return f"{100 * share:.1f} %"


def headline(audit: Audit) -> str:
    """What was audited, in one line."""
    asked = audit.asked
    if audit.is_empty:
        return f"{one_line(asked.repository)}: there is no closed issue to look at"
    since = f" closed since {asked.since:%Y-%m-%d}" if asked.since is not None else ""
    whole = "" if audit.is_complete else f" of {asked.listed}"
    audited = f"{len(audit.issues)}{whole} closed {'issue' if len(audit.issues) == 1 else 'issues'}"
    return f"{one_line(asked.repository)}: {audited}{since}, by {_policy(audit)}"


def nothing(audit: Audit) -> str:
    """That there was nothing to look at, and what to do then."""
    asked = audit.asked
    where = "in the file" if asked.offline else "there, as far as can be seen"
    if asked.since is None:
        return f"No issue was closed as completed {where}."
    return f"No issue was closed as completed since {asked.since:%Y-%m-%d} {where}: ask with an earlier --since."


def left_out(audit: Audit) -> str:
    """Which issues were not looked at, and why; empty where there are none."""
    found = audit.asked.left_out
    parts = [
        f"{len(numbers)} {name} ({_numbers(numbers)})"
        for name, numbers in (("as not planned", found.not_planned), ("as duplicates", found.duplicate))
        if numbers
    ]
    said = [f"Left out, since they claim nothing: closed {listing(parts)}."] if parts else []
    others = ((_NOT_CLOSED, found.open), (_NO_KNOWN_REASON, found.unknown_reason))
    said += [f"{why}: {len(numbers)} ({_numbers(numbers)})." for why, numbers in others if numbers]
    return " ".join(said)


def closers(audit: Audit) -> tuple[str, ...]:
    """Who closed, and how, as far as it is known: numbers, no judgement."""
    found = audit.closers
    who = ((found.people, "people"), (found.bots, "bots"), (found.unknown, "nobody known"))
    how = (
        (found.by_hand, "hand"),
        (found.by_pull_request, "a pull request's keyword"),
        (found.by_commit, "a commit's keyword"),
    )
    said = ([f"{number} by {words}" for number, words in part if number] for part in (who, how))
    return tuple(listing(part) for part in said if part)


def text(audit: Audit) -> str:
    """The whole report."""
    return "\n".join(_lines(audit)) + "\n"


def one_line(said: str, most: int = 160) -> str:
    """Somebody's words in one line."""
    return " ".join(clean(said, most).split())


def reason(carried: Carried) -> str:
    """One criterion that carried an answer: the words of the claim where it is one, and what was seen."""
    what = f"“{one_line(carried.quote)}”" if carried.quote is not None else one_line(carried.title)
    return f"{what}: {one_line(carried.observed, 240)}"


def reasons(entry: Entry) -> tuple[str, ...]:
    """Why an issue does not hold, or cannot be checked, a line each."""
    why = () if entry.why is None else (one_line(entry.why, 240),)
    return (*why, *(reason(one) for one in entry.reasons), *(one_line(text, 240) for text in entry.remains))


def month_line(month: Month) -> str:
    """A month in one line: a bar, the share with its interval, how many could not be checked."""
    truth = month.truth
    unchecked = f"  {truth.unchecked} not checked" if truth.unchecked else ""
    if truth.rate is None or truth.low is None or truth.high is None:
        return f"  {month.month}  {'':{_BAR}}       –{unchecked}"
    filled = round(truth.rate * _BAR)
    bar = "█" * filled + "░" * (_BAR - filled)
    between = f"{percent(truth.low)} to {percent(truth.high)}"
    return f"  {month.month}  {bar} {percent(truth.rate):>7}  {truth.holds} of {truth.checked} ({between}){unchecked}"


def _lines(audit: Audit) -> Iterator[str]:
    truth = audit.truth
    yield headline(audit)
    if audit.is_empty:
        yield from (line for line in (nothing(audit), left_out(audit)) if line)
        return
    yield ""
    yield f"  holds              {truth.holds:>6}"
    yield f"  does not hold      {truth.holds_not:>6}"
    yield f"  cannot be checked  {truth.unchecked:>6}"
    yield f"  closure truth rate {rate_of(truth)}"
    yield from _section("By month of closing", [month_line(one) for one in audit.months])
    others = tuple(one for one in audit.standing(Standing.HOLDS_NOT) if one.issue.number not in audit.worst)
    worst = "Does not hold: the worst" if others else "Does not hold, the worst first"
    yield from _section(worst, _entries(audit.worst_entries))
    yield from _section("Does not hold: the others", _entries(others))
    yield from _section("Cannot be checked", _entries(audit.standing(Standing.UNCHECKED)))
    yield from _section("Holds", [f"  {_title(one)}" for one in audit.standing(Standing.HOLDS)])
    more = [left_out(audit)] if left_out(audit) else []
    yield from _section("Who closed", [f"  {line}" for line in closers(audit)])
    yield from _section("How to read this", [f"  {line}" for line in (*notes(audit), *more)])


def _section(head: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield head
        yield from lines


def _entries(entries: Iterable[Entry]) -> list[str]:
    return [line for one in entries for line in _entry(one)]


def _entry(entry: Entry) -> Iterator[str]:
    yield f"  {_title(entry)}"
    yield f"    {one_line(entry.issue.url, 300)}"
    why = reasons(entry)
    yield from (f"    · {line}" for line in why[:_REASONS])
    if len(why) > _REASONS:
        yield f"    · and {len(why) - _REASONS} more"


def _title(entry: Entry) -> str:
    return f"#{entry.issue.number} {one_line(entry.issue.title)}, closed {entry.closing.at:%Y-%m-%d}"


def _numbers(numbers: tuple[int, ...]) -> str:
    more = f" and {len(numbers) - _NUMBERS} more" if len(numbers) > _NUMBERS else ""
    return ", ".join(f"#{number}" for number in numbers[:_NUMBERS]) + more


def _policy(audit: Audit) -> str:
    source, digest = one_line(audit.asked.policy_source or ""), one_line(audit.asked.policy or "")
    return f"the built-in policy {digest}" if source == BUILT_IN else f"policy {digest} from {source}"
