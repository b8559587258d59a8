"""Why an assessment runs, who asked, and with which flags."""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.evidence import CriterionId


class TriggerKind(StrEnum):
    """What set it off. `command` and `cli` are a person's; all others are automatic."""

    COMMAND = "command"
    CLI = "cli"
    MERGE = "merge"
    CLOSURE = "closure"
    WAKE = "wake"
    TIMER = "timer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What a command may ask for beside the plain run. An empty `only` means: everything."""

    dry_run: bool = False
    no_close: bool = False
    only: tuple[CriterionId, ...] = ()
    profile: str | None = None
    environment: str | None = None
    sha: str | None = None

    @property
    def looks_only(self) -> bool:
        """Can nothing come of it, neither now nor later?"""
        return self.dry_run or bool(self.only)

    @property
    def command(self) -> str:
        """The command that asks the same again: in the same profile, all of it, and for real. Plain text."""
        return f"/assess-resolution {self.profile}" if self.profile else "/assess-resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One reason to run. `by` is a login; `pull` is the merged pull request, `refers_only` where it closes nothing.

    `joined` are other pull requests that were merged at the same time and are answered with it; where `refers_only`,
    none of them closes. `by_bot`: whoever closed it, or asks, is a bot. `regressed`: an earlier look has seen the same
    failure after the closing.
    """

    kind: TriggerKind
    by: str | None = None
    url: str | None = None
    flags: Flags = Flags()
    pull: int | None = None
    refers_only: bool = False
    by_bot: bool = False
    regressed: bool = False
    joined: tuple[int, ...] = ()

    @property
    def is_person(self) -> bool:
        """Did a person ask for exactly this?"""
        return self.kind in {TriggerKind.COMMAND, TriggerKind.CLI}

    @property
    def pulls(self) -> tuple[int, ...]:
        """All the merged pull requests."""
        return tuple(sorted({*self.joined, *(() if self.pull is None else (self.pull,))}))

    @property
    def settles(self) -> bool:
        """Does asking settle what people did before? A bot whom the policy trusts may ask, and settles nothing."""
        return self.is_person and not self.by_bot
