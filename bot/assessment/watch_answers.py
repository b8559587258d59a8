"""What is answered to whoever orders a watch, or ends what waits. Words; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.assessment.history import Contradiction
from bot.assessment.markdown import code, name, prose
from bot.assessment.regression import UNWATCH, planned
from bot.assessment.wording import after_merges, count, dated, moment

_BEGUN = "👁️ I look again "
_ASSESS = code("/assess-resolution")


def begun(ladder: tuple[datetime, ...], names: Sequence[str], *, now: datetime) -> str:
    """It is watched from now on."""
    asked = count(len(names), "criterion", "criteria")
    return (
        f"{_BEGUN}{planned(ladder, now)}, at {asked} that can fall back. What fails twice in a row I say here;"
        f" {code(UNWATCH)} ends it."
    )


def is_begun(text: str) -> bool:
    """Is a reply of ours that, and nothing else?"""
    return text.startswith(_BEGUN) and "\n" not in text


def still_open() -> str:
    """There is nothing to watch yet."""
    return f"This issue is open, so there is nothing to watch: {_ASSESS} closes it if the evidence carries it."


def otherwise_closed() -> str:
    """It was closed without evidence."""
    return (
        "This issue was not closed on evidence of mine, or anew since, so I do not know what should still hold:"
        f" {_ASSESS} measures it, then it can be watched."
    )


def contradicted(said: Contradiction) -> str:
    """A person decided otherwise."""
    settled = "" if said.for_good else f" {_ASSESS} by somebody with the right to close settles that."
    return f"{prose(said.text)}, so I watch nothing here.{settled}"


def history_unread() -> str:
    """Whether people have contradicted cannot be told, now or at any look."""
    return (
        "😕 I could not read this issue's history in full, so I could not tell at a look whether people have decided"
        " otherwise since. I watch nothing here."
    )


def nothing_falls() -> str:
    """What was asked is settled once and for all."""
    return "Nothing of what held here can fall back (a merge stays a merge), so there is nothing to look at again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What was ended: the moments of the next looks, and of the closings that were announced; how many answers waited.

    `merges` are pull requests whose merge had made way for one of these, each with those that it speaks for.
    `guarded`: a look at a closing by somebody else waited.
    """

    watches: tuple[datetime, ...] = ()
    closings: tuple[datetime, ...] = ()
    answers: int = 0
    merges: tuple[tuple[int, ...], ...] = ()
    guarded: bool = False


def ended(what: Ended, *, by: str, now: datetime) -> str:
    """What was ended."""
    watches, answers, merges = what.watches, what.answers, what.merges
    parts = [f"the closing that was announced for {dated(one)} is called off" for one in what.closings]
    if watches:
        parts.append(f"no more re-checks (the next would have been at {moment(min(watches), seen_from=now)})")
    if answers:
        parts.append(f"{count(answers, 'answer')} that waited {'goes' if answers == 1 else 'go'} on no more")
    if what.guarded:
        parts.append("no more looks at whether this closing holds")
    parts += [f"no assessment {after_merges(pulls)}, which had made way" for pulls in merges]
    said = "; ".join(parts)
    return f"⏹️ Ended by {name(by)}: {said}. {_ASSESS} asks anew."


def nothing_to_end(*, watch_alone: bool) -> str:
    """There was none."""
    return "No re-check is planned here." if watch_alone else "Nothing waits here: neither an answer nor a re-check."
