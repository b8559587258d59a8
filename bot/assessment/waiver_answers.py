"""What is said to whoever gives a waiver, takes one back, or may not; and when one has ended.

Each function returns Markdown to be posted; what comes from outside is escaped here.
"""

from datetime import datetime

from bot.assessment.markdown import code, mention, name, prose
from bot.assessment.waiver import Waiver
from bot.assessment.wording import listing, moment

_SHOWN = 10
_COMMAND = "/assess-resolution"


def given(waiver: Waiver, *, title: str) -> str:
    """It is waived: what, by whom, until when, why, and what can be done now."""
    until = moment(waiver.until, seen_from=waiver.at)
    reason = prose(waiver.reason.rstrip("."), 300)
    return (
        f"⚪ {mention(waiver.by)} waived {code(waiver.criterion, 80)} ({prose(title, 160)}) until {until}: {reason}."
        "\n\nIt is measured and shown as before, and decides nothing here as long as the policy stays as it is; the"
        f" confidence is MEDIUM at best. `{_COMMAND}` asks again;"
        f" {code(f'/resolution unwaive {waiver.criterion}', 120)} takes it back."
    )


def taken_back(waiver: Waiver, *, by: str) -> str:
    """It is waived no longer."""
    whose = "" if by.lower() == waiver.by.lower() else f" by {name(waiver.by)}"
    return (
        f"⚪ {mention(by)} took back the waiver of {code(waiver.criterion, 80)}{whose}: it decides again."
        f" `{_COMMAND}` asks again."
    )


def not_waived(criterion: str, waived: tuple[str, ...]) -> str:
    """There is no such waiver."""
    there = f"What is waived: {_names(waived)}." if waived else "Nothing is waived here."
    return f"😕 {code(criterion, 80)} is not waived here, so nothing changed. {there}"


def unknown_criterion(criterion: str, known: tuple[str, ...], *, nearest: str | None) -> str:
    """Only what would be asked here can be waived."""
    meant = f" Did you mean {code(nearest, 80)}?" if nearest is not None else ""
    asked = f"What is asked here: {_names(known)}." if known else "Nothing is asked here by name."
    return f"😕 {code(criterion, 80)} is not asked here, so there is nothing to waive.{meant} {asked}"


def by_its_author(login: str, criterion: str) -> str:
    """Whoever wrote the fix does not decide what it may do without."""
    return (
        f"👋 {mention(login)}, you are one of those who wrote the fix, and they do not waive what it is measured by."
        f" Somebody else who may can write {code(f'/resolution waive {criterion} <reason>', 160)};"
        f" `{_COMMAND} --dry-run` shows what is missing."
    )


def authors_unknown(why: str) -> str:
    """Who wrote the fix could not be read."""
    return (
        f"😕 I could not learn who wrote the fix ({prose(why, 160)}), and they may not waive, so I did nothing."
        " That is no refusal. Where GitHub did not answer, ask again in a minute."
    )


def ended(waiver: Waiver, *, seen_from: datetime) -> str:
    """It has come to its end by itself."""
    return (
        f"⏳ The waiver of {code(waiver.criterion, 80)} by {mention(waiver.by)} ended at"
        f" {moment(waiver.until, seen_from=seen_from)}: it decides again."
    )


def _names(names: tuple[str, ...]) -> str:
    shown = [code(one, 80) for one in names[:_SHOWN]]
    return f"{', '.join(shown)} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else listing(shown)
