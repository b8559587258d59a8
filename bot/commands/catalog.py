"""Every command that people can give, in one table: the grammar, the help and the docs are made from it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.openlines import CONFIRM_FIXED
from bot.commands.rights import Deed, who


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

    @property
    def usage(self) -> str:
        """As it is written: `--only=id,id`."""
        return f"{self.name}={self.value}" if self.value else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """One command as people see it. `deed` says who may give it.

    `word` follows the slash word: `/resolution status`.
    """

    name: CommandName
    usage: str
    help: str
    deed: Deed
    flags: tuple[Flag, ...] = ()
    word: str | None = None
    on_pulls: bool = False

    @property
    def role(self) -> str:
        """Who may give it, in words."""
        return who(self.deed)


DRY_RUN = Flag(name="--dry-run", value=None, help="measure and answer, change nothing else")
ONLY = Flag(name="--only", value="id,id", help="ask these criteria alone; never closes")
NO_CLOSE = Flag(name="--no-close", value=None, help="measure and answer, leave the issue open")
ENV = Flag(name="--env", value="NAME", help="the environment that counts", available=False)
SHA = Flag(name="--sha", value="SHA", help="the commit to look at", available=False)
UNTIL = Flag(name="--until", value="14d", help="how long a waiver lasts, at least 1h and at most 90d")
SINCE = Flag(name="--since", value="2026-01-31", help="only issues closed since that day; or for so long: `30d`, `12w`")
LIMIT = Flag(name="--limit", value="100", help="at most so many closed issues, the newest closings first")
STATE = Flag(name="--state", value="closed", help="there are claims in closed issues only")

CATALOG: tuple[CommandEntry, ...] = (
    CommandEntry(
        name=CommandName.ASSESS,
        usage="/assess-resolution [profile]",
        help="Measure whether the issue is resolved, answer with the evidence, close it if the evidence carries it. "
        "A fenced `yaml` block directly below brings criteria for this issue alone.",
        deed=Deed.CLOSING_RUN,
        flags=(DRY_RUN, ONLY, NO_CLOSE, ENV, SHA),
    ),
    CommandEntry(
        name=CommandName.ASSESS,
        usage="/assess-resolution --dry-run | --only=id,id | --no-close",
        help="The same, and close nothing.",
        deed=Deed.DRY_RUN,
    ),
    CommandEntry(
        name=CommandName.ASSESS,
        usage="/assess-resolution [profile] (on a pull request)",
        help="Say what its issues would still lack once it is merged; changes nothing.",
        deed=Deed.DRY_RUN,
        on_pulls=True,
    ),
    CommandEntry(
        name=CommandName.ASSESS,
        usage="/assess-resolution help",
        help="Show these commands.",
        deed=Deed.HELP,
        on_pulls=True,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="explain",
        usage="/resolution explain [criterion | policy]",
        help="Say in words what would be asked here and why; of a criterion, what each outcome would mean and what the "
        "last one was; of the policy, where each part comes from.",
        deed=Deed.EXPLAIN,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="status",
        usage="/resolution status",
        help="Show the last assessment, what is waited for and until when, the next re-check, and the waivers.",
        deed=Deed.STATUS,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="patterns",
        usage="/resolution patterns [words…]",
        help="Show issues like this one, or with these words, that were closed on evidence, and what closed them; and "
        "what closes the most issues here.",
        deed=Deed.PATTERNS,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="promote",
        usage="/resolution promote <pattern> [profile]",
        help="Open a pull request that adds what closed several issues to the policy, as a profile; `patterns` names "
        "them.",
        deed=Deed.PROMOTE,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="waive",
        usage="/resolution waive <criterion> <reason…> [--until=14d]",
        help="Let a criterion not decide for some time; your name and reason are shown, and the confidence is capped.",
        deed=Deed.WAIVE,
        flags=(UNTIL,),
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="unwaive",
        usage="/resolution unwaive <criterion>",
        help="Take a waiver back.",
        deed=Deed.UNWAIVE,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="watch",
        usage="/resolution watch [24h]",
        help="Look again at an issue that is closed on evidence: once after that time, else as the policy says; a"
        " watch that is there begins anew.",
        deed=Deed.WATCH,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="unwatch",
        usage="/resolution unwatch",
        help="Do not look at it again.",
        deed=Deed.WATCH,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="cancel",
        usage="/resolution cancel",
        help="End what waits here: an answer that waits for something, a merge that made way for it, and re-checks.",
        deed=Deed.CANCEL,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="audit",
        usage="/resolution audit [--since=2026-01-31] [--limit=100]",
        help="Ask of the closed issues what I would ask of open ones, and post here how many hold; one audit of a "
        "repository at a time, and nothing else is written.",
        deed=Deed.AUDIT,
        flags=(SINCE, LIMIT, STATE),
    ),
    CommandEntry(
        name=CommandName.CONFIRM,
        usage="/confirm-fixed",
        help="Say that it is fixed for you: an assessment that waits for it goes on, else the next one counts it "
        "(where the policy has a criterion `confirmation`). A few words say which, where none takes it up at once.",
        deed=Deed.CONFIRM,
    ),
    CommandEntry(
        name=CommandName.RESOLUTION,
        word="unconfirm",
        usage="/resolution unconfirm",
        help="Take back what you have confirmed; what waits for a confirmation goes on waiting.",
        deed=Deed.CONFIRM,
    ),
    CommandEntry(
        name=CommandName.REOPEN,
        usage="/reopen [reason…]",
        help="Open an issue again that the bot has closed. By itself the bot only advises there from then on; "
        "`/assess-resolution` asks again.",
        deed=Deed.REOPEN,
    ),
)

RULES = (
    "A command stands on a line of its own, outside code, quotes and folds; at most three in a comment. "
    "Edited comments are not read again. A role stands for the stronger ones as well."
)


def available() -> frozenset[str]:
    """The slash words that do something in this version."""
    return frozenset(str(entry.name) for entry in CATALOG)


def words() -> tuple[str, ...]:
    """What may follow `/resolution` in this version."""
    return tuple(entry.word for entry in CATALOG if entry.word is not None)


def flags_of_assess() -> tuple[Flag, ...]:
    """The options of `/assess-resolution`."""
    return CATALOG[0].flags


def offered(*, on_pull: bool = False) -> tuple[CommandEntry, ...]:
    """The commands of this version; those that work on a pull request, where that is asked."""
    return tuple(entry for entry in CATALOG if entry.on_pulls or not on_pull)


def options(entries: tuple[CommandEntry, ...]) -> tuple[Flag, ...]:
    """What may be added to them, each once."""
    return tuple(dict.fromkeys(flag for entry in entries for flag in entry.flags if flag.available))


def table(*, on_pull: bool = False) -> str:
    """The commands of this version with who may give them, as a Markdown table: in answers and in the docs."""
    lines = ["| command | | who |", "|-|-|-|"]
    lines += [
        f"| {cell(f'`{entry.usage}`')} | {cell(entry.help)} | {cell(entry.role)} |"
        for entry in offered(on_pull=on_pull)
    ]
    return "\n".join(lines)


def cell(text: str) -> str:
    """A text of ours in a table: GitHub ends a cell at a bare `|`, even in code."""
    return text.replace("|", "\\|")


def help_markdown(docs_url: str | None = None, *, on_pull: bool = False) -> str:
    """The help as a comment, in an issue or on a pull request; plain Markdown from this catalogue alone."""
    parts = [f"### Commands{' on a pull request' if on_pull else ''}", table(on_pull=on_pull)]
    if on_pull:
        parts.append("All others are for the issue.")
    else:
        added = (f"`{flag.usage}`: {flag.help}" for flag in options(offered()))
        parts.append("**Options** · " + " · ".join(added))
    parts.append(RULES)
    if docs_url:
        parts.append(f"[More]({docs_url})")
    return "\n\n".join(parts)
