"""Every command that people can give, in one table: the grammar, the help and the docs are made from it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.openlines import CONFIRM_FIXED


class CommandName(StrEnum):
    """The slash words that are ours."""

    ASSESS = "assess-resolution"
    RESOLUTION = "resolution"
    CONFIRM = CONFIRM_FIXED
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An option of a command; `value` names what follows the `=`, None for a switch."""

    name: str
    value: str | None
    help: str
    available: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """One command as people see it. `role` says who may give it; `available` is False for what is not there yet."""

    name: CommandName
    usage: str
    help: str
    role: str
    flags: tuple[Flag, ...] = ()
    words: tuple[str, ...] = ()
    available: bool = True


DRY_RUN = Flag(name="--dry-run", value=None, help="measure and answer, change nothing else")
ONLY = Flag(name="--only", value="id,id", help="ask these criteria alone; never closes")
NO_CLOSE = Flag(name="--no-close", value=None, help="measure and answer, leave the issue open")
ENV = Flag(name="--env", value="NAME", help="the environment that counts", available=False)
SHA = Flag(name="--sha", value="SHA", help="the commit to look at", available=False)

CATALOG: tuple[CommandEntry, ...] = (
    CommandEntry(
        name=CommandName.ASSESS,
        usage="/assess-resolution [profile] [--dry-run] [--only=id,id] [--no-close]",
        help="Measure whether the issue is resolved, answer with the evidence, close it if the evidence carries it.",
        role="triage; for a dry run also the issue's author and assignees",
        flags=(DRY_RUN, ONLY, NO_CLOSE, ENV, SHA),
    ),
    CommandEntry(
        name=CommandName.ASSESS,
        usage="/assess-resolution help",
        help="Show these commands.",
        role="everybody",
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        usage="/resolution explain | status | waive | unwaive | watch | unwatch | cancel",
        help="Explain, follow and steer assessments.",
        role="",
        words=("explain", "status", "waive", "unwaive", "watch", "unwatch", "cancel", "patterns", "audit"),
        available=False,
    ),
    CommandEntry(
        name=CommandName.CONFIRM,
        usage="/confirm-fixed",
        help="Say that it is fixed for you: an assessment that waits for it goes on, else the next one counts it "
        "(where the policy has a criterion `confirmation`).",
        role="the issue's author; triage",
    ),
    CommandEntry(
        name=CommandName.REOPEN,
        usage="/reopen [reason]",
        help="Reopen what this app closed.",
        role="",
        available=False,
    ),
)


RULES = (
    "A command stands on a line of its own, outside code and quotes; at most three in a comment. "
    "Edited comments are not read again."
)


def available() -> frozenset[str]:
    """The slash words that do something in this version."""
    return frozenset(str(entry.name) for entry in CATALOG if entry.available)


def flags_of_assess() -> tuple[Flag, ...]:
    """The options of `/assess-resolution`."""
    return CATALOG[0].flags


def help_markdown(docs_url: str | None = None) -> str:
    """The help as a comment; plain Markdown from this table alone."""
    lines = ["### Commands", "", "| | |", "|-|-|"]
    for entry in CATALOG:
        if entry.available:
            usage = entry.usage.replace("|", "\\|")
            lines.append(f"| `{usage}` | {entry.help} Who: {entry.role}. |")
    lines += ["", "**Options** · " + " · ".join(_flag_help(flag) for flag in flags_of_assess() if flag.available)]
    lines += ["", RULES]
    if docs_url:
        lines += ["", f"[More]({docs_url})"]
    return "\n".join(lines)


def _flag_help(flag: Flag) -> str:
    shown = f"{flag.name}={flag.value}" if flag.value else flag.name
    return f"`{shown}`: {flag.help}"
