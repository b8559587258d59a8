"""What people did against us, or that it is not known: noted in an answer that does not say it anyway. Pure."""

from bot.assessment.policy import Role, at_least
from bot.assessment.trigger import Trigger
from bot.assessment.withholding import Standing, Withheld, WithheldReason, still_on


def remembered(
    withheld: tuple[Withheld, ...], trigger: Trigger, close_role: Role, standing: Standing
) -> tuple[str, ...]:
    """What people did against us, or that it is not known, for the record: as notes.

    Nothing that `withheld` says already.
    """
    told = frozenset(one.reason for one in withheld)
    unread = not standing.history_known and WithheldReason.HISTORY_UNKNOWN not in told
    holds = still_on(standing.contradiction, standing)
    known = told & _OF_PEOPLE or (holds and WithheldReason.HELD in told)
    said = () if known else _of_people(trigger, close_role, standing)
    return (*said, _UNREAD) if unread else said


_OF_PEOPLE = frozenset({WithheldReason.CONTRADICTED, WithheldReason.VETOED})
_UNREAD = "its history could not be read in full: by myself I only advise here, and after a closing I do not look again"


def _of_people(trigger: Trigger, close_role: Role, standing: Standing) -> tuple[str, ...]:
    said, flags = standing.contradiction, trigger.flags
    if said is None:
        return ()
    if still_on(said, standing):
        return (f"{said.text}: it stays open until somebody with {Role.TRIAGE} does.",)
    looks = flags.looks_only or flags.no_close
    asks = trigger.settles and not looks and at_least(standing.role, close_role)
    if asks and standing.newer is None:
        return (f"{said.text}: this command settles that.",)
    return (f"{said.text}: by myself I {'leave it alone' if said.for_good else 'only advise here'}.",)
