"""Finds and reads commands in a comment. Pure: text in, values out.

Rules:
1. A command stands on a line of its own, in a paragraph at the top level or right below a list: not in code, quotes,
   list items, tables, headings, HTML comments or folds. A real Markdown parser decides.
2. Slash words that are not ours are left alone (other bots live here), unless they are a slip of the pen away.
3. A comment holds at most three commands; what one of them gets wrong stops all of them, and is answered.
4. Several assessments in one comment become one, read cautiously: a dry run if any of them is one.
5. The fenced YAML blocks directly below an assessment belong to it. What they say is read elsewhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import takewhile

from bot.assessment.openlines import Block, OpenLine, is_readable, open_lines_and_blocks
from bot.assessment.spans import written
from bot.commands.audit_words import Audit, Wrong, read_audit
from bot.commands.catalog import UNTIL, CommandName, Flag, flags_of_assess, words
from bot.commands.distance import distance
from bot.commands.pattern_words import Recall, read_patterns, read_promote
from bot.commands.spans import LASTS, Unfit, span_in
from bot.commands.taking_back import Reopen, Unconfirm
from bot.commands.watch_words import Cancel, Order, Unwatch, read_watch

MAX_COMMANDS = 3
_MAY_HOLD_COMMAND = re.compile(r"(?:\A|[\r\n])[ ]{0,3}/[A-Za-z]")
_CRITERIA = frozenset({"yaml", "yml", "resolution"})  # the languages of blocks that bring criteria
_WORD = re.compile(r"\S+")
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}\Z")
_NAMES = tuple(CommandName)
DEFAULT_WAIVER = timedelta(days=14)
LONGEST_REASON = 300
_MOST_SLIPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Assess:
    """Assess this issue. `only` empty means every criterion; `blocks` bring criteria for this issue alone."""

    profile: str | None = None
    dry_run: bool = False
    no_close: bool = False
    only: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Show the commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Say that it is fixed. What stands behind the command is a note to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """Say what would be asked: of one criterion, of the policy (`policy`), or in all (None)."""

    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Show how things stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive:
    """Let a criterion not decide for some time. The reason is one line as written."""

    criterion: str
    reason: str
    lasts: timedelta = DEFAULT_WAIVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwaive:
    """Take a waiver back."""

    criterion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """A command or option of ours that this version does not have."""

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadSyntax:
    """Something in our command that we cannot read: `line[start:end]` is the spot.

    `corrected` is a line to copy, with every fault of the line corrected; None where that is not known.
    """

    line: str
    start: int
    end: int
    message: str
    hint: str | None = None
    corrected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMany:
    """More commands than a comment may hold."""

    count: int


Word = Confirm | Unconfirm | Reopen
"""Somebody says whether it is fixed."""
_Shown = Explain | Status | Recall
Command = Assess | Help | Word | _Shown | Waive | Unwaive | Audit | Order | NotYet | BadSyntax | TooMany


def commands_in(body: str) -> tuple[Command, ...]:
    """Every command of ours in a comment's Markdown, in order; empty where there is none.

    A body over GitHub's limit cannot come from GitHub and holds none; nor does one of more lines than people write.
    """
    if not is_readable(body) or not _MAY_HOLD_COMMAND.search(body):
        return ()
    found = tuple(command for line in open_lines_and_blocks(body) if (command := command_in(line)) is not None)
    if len(found) > MAX_COMMANDS:
        return (TooMany(count=len(found)),)
    return found


def all_readable(commands: tuple[Command, ...]) -> bool:
    """Can each of them be carried out by this version?"""
    return not any(isinstance(command, BadSyntax | NotYet | TooMany) for command in commands)


def merged(commands: tuple[Command, ...]) -> Assess | None:
    """The one assessment that a comment asks for, None where it asks for none or a command cannot be read."""
    if not all_readable(commands):
        return None
    asked = [command for command in commands if isinstance(command, Assess)]
    if not asked:
        return None
    everything = any(not command.only for command in asked)
    return Assess(
        profile=next((command.profile for command in asked if command.profile), None),
        dry_run=any(command.dry_run for command in asked),
        no_close=any(command.no_close for command in asked),
        only=() if everything else tuple(dict.fromkeys(name for command in asked for name in command.only)),
        blocks=tuple(block for command in asked for block in command.blocks),
    )


def command_in(line: OpenLine) -> Command | None:
    """The command in a line in the open, with the blocks below it, where it is one that takes them."""
    command = _read(line.text)
    if not isinstance(command, Assess):
        return command
    return replace(command, blocks=tuple(takewhile(lambda block: block.language in _CRITERIA, line.below)))


def _read(line: str) -> Command | None:
    """The command in a line. What is offered to be copied is read first: it is never a fault again."""
    command = _read_as_written(line)
    if not isinstance(command, BadSyntax) or command.corrected is None:
        return command
    return replace(command, corrected=_wholly_corrected(command.corrected))


def _wholly_corrected(line: str) -> str | None:
    for _ in range(_MOST_SLIPS):
        again = _read_as_written(line)
        if not isinstance(again, BadSyntax):
            return line
        if again.corrected is None:
            return None
        line = again.corrected
    return None


def _read_as_written(line: str) -> Command | None:
    line = line.strip()
    if not line.startswith("/"):
        return None
    found = list(_WORD.finditer(line))
    name = found[0].group()[1:].lower()
    match name:
        case CommandName.ASSESS:
            return _read_assess(line, found[1:])
        case CommandName.RESOLUTION:
            return _read_resolution(line, found)
        case CommandName.CONFIRM:
            return Confirm()
        case CommandName.REOPEN:
            return Reopen(reason=" ".join(word.group() for word in found[1:]))
        case _:
            return _slip(line, name, found[0].end())


def _slip(line: str, name: str, end: int) -> BadSyntax | None:
    """A word that is nearly ours. Short names must be nearer: `/open` may well be another bot's."""
    for ours in _NAMES:
        if 0 < distance(name, ours) <= min(2, len(ours) // 5):
            return _rather(line, end, f"I don't know the command `/{name}`", ours)
    return None


def _rather(line: str, end: int, message: str, ours: str) -> BadSyntax:
    hint, corrected = f"did you mean /{ours}?", f"/{ours}{line[end:]}"
    return BadSyntax(line=line, start=0, end=end, message=message, hint=hint, corrected=corrected)


def _read_assess(line: str, words: list[re.Match[str]]) -> Command:
    if [word.group().lower() for word in words] == ["help"]:
        return Help()
    switches: set[str] = set()
    only: list[str] = []
    profile: str | None = None
    rest = iter(words)
    for word in rest:
        text = word.group()
        if text[0] not in "-—–":
            if profile is not None:
                return _superfluous(line, word)
            if not _ID.match(text.lower()):
                return _fault(line, word, f"`{text}` is no profile's name", "a name has letters, digits, - _ .", None)
            profile = text.lower()
            continue
        flag, given = _flag(text)
        if not isinstance(flag, Flag):
            return _unknown_flag(line, word)
        if not flag.available:
            return NotYet(word=f"/{CommandName.ASSESS} {flag.name}")
        if flag.value is None:
            if given is not None:
                return _fault(line, word, f"`{flag.name}` takes no value", f"write {flag.name}", flag.name)
            switches.add(flag.name)
            continue
        value, at = _value(given, word, rest)
        names = [name for name in (value or "").lower().split(",") if name]
        if not names or not all(_ID.match(name) for name in names):
            return _fault(line, at, f"`{flag.name}` needs criteria ids", "such as --only=ci,tasks", None)
        only += names
    return Assess(
        profile=profile,
        dry_run="--dry-run" in switches,
        no_close="--no-close" in switches,
        only=tuple(dict.fromkeys(only)),
    )


def _read_resolution(line: str, found: list[re.Match[str]]) -> Command:
    if len(found) == 1:
        return Help()
    asked, rest = found[1], found[2:]
    word = asked.group().lower()
    if word == "help":
        return Help()
    read = RESOLUTION.get(word)
    if read is not None:
        return read(line, rest)
    for ours in _NAMES:
        if len(word) > 3 and ours.startswith(word):
            return _rather(line, asked.end(), f"`{word}` is a command of its own", ours)
    there = (*words(), "help")
    nearest = min(there, key=lambda name: distance(word, name))
    close = distance(word, nearest) <= min(2, len(nearest) // 3)
    hint = f"did you mean {nearest}?" if close else f"there is {', '.join(there)}"
    return _fault(line, asked, f"I don't know `/resolution {word[:40]}`", hint, nearest if close else None)


def _read_explain(line: str, rest: list[re.Match[str]]) -> Command:
    if not rest:
        return Explain()
    if len(rest) > 1:
        return _superfluous(line, rest[1])
    subject = rest[0].group().lower()
    return Explain(subject=subject) if _ID.match(subject) else _no_id(line, rest[0])


def _bare(line: str, rest: list[re.Match[str]], command: Command) -> Command:
    return _superfluous(line, rest[0]) if rest else command


def _read_unwaive(line: str, rest: list[re.Match[str]]) -> Command:
    if not rest:
        return _missing(line, "`unwaive` needs a criterion's id", "/resolution status names the waivers")
    if len(rest) > 1:
        return _superfluous(line, rest[1])
    criterion = rest[0].group().lower()
    return Unwaive(criterion=criterion) if _ID.match(criterion) else _no_id(line, rest[0])


def _read_waive(line: str, rest: list[re.Match[str]]) -> Command:
    lasts, reason, following = DEFAULT_WAIVER, [], iter(rest[1:])
    if not rest:
        return _missing(line, "`waive` needs a criterion's id and a reason", "/resolution explain names the criteria")
    criterion = rest[0].group().lower()
    if not _ID.match(criterion):
        return _no_id(line, rest[0])
    for word in following:
        name, equals, given = re.sub(r"\A[—–]", "--", word.group()).partition("=")
        if name.lower() != UNTIL.name:
            reason.append(word.group())
            continue
        value, at = _value(given if equals else None, word, following)
        if not value:
            return _fault(line, word, f"`{UNTIL.name}` needs a time: {LASTS.words}", None, UNTIL.usage)
        behind = rest[rest.index(at) + 1 :]
        meant = span_in([value, *(one.group() for one in behind)])
        if isinstance(meant, Unfit):
            spot = at.end() - len(value), [at, *behind][meant.words - 1].end()
            return _fault_at(line, spot, meant.message, None, meant.instead or written(DEFAULT_WAIVER))
        lasts = meant
    if not reason:
        return _missing(line, "`waive` needs a reason", "say in a few words why it need not hold")
    text = " ".join(reason)
    if len(text) > LONGEST_REASON:
        return _missing(line, f"the reason is longer than {LONGEST_REASON} characters", "say it in fewer words")
    return Waive(criterion=criterion, reason=text, lasts=lasts)


def _read_by(read: Callable[[tuple[str, ...]], Command | Wrong], line: str, rest: list[re.Match[str]]) -> Command:
    """By a reader that has a module of its own; what is wrong behind the last word is missing."""
    found = read(tuple(word.group() for word in rest))
    if not isinstance(found, Wrong):
        return found
    if found.at == len(rest):
        return _missing(line, found.message, found.hint)
    spot = rest[found.at].start(), rest[found.at + found.words - 1].end()
    return _fault_at(line, spot, found.message, found.hint, found.instead)


RESOLUTION: dict[str, Callable[[str, list[re.Match[str]]], Command]] = {
    "explain": _read_explain,
    "status": lambda line, rest: _bare(line, rest, Status()),
    "patterns": partial(_read_by, read_patterns),
    "promote": partial(_read_by, read_promote),
    "waive": _read_waive,
    "unwaive": _read_unwaive,
    "audit": partial(_read_by, read_audit),
    "unconfirm": lambda line, rest: _bare(line, rest, Unconfirm()),
    "watch": partial(_read_by, read_watch),
    "unwatch": lambda line, rest: _bare(line, rest, Unwatch()),
    "cancel": lambda line, rest: _bare(line, rest, Cancel()),
}
"""What may follow `/resolution`, with its reader: of the line, and of the words behind."""


def _superfluous(line: str, word: re.Match[str]) -> BadSyntax:
    return _fault(line, word, f"I don't know what to do with `{word.group()[:60]}`", None, None)


def _no_id(line: str, word: re.Match[str]) -> BadSyntax:
    return _fault(line, word, f"`{word.group()[:60]}` is no criterion's id", "an id has letters, digits, - _ .", None)


def _missing(line: str, message: str, hint: str | None) -> BadSyntax:
    """Something is not there: the fault lies behind the line's end."""
    return BadSyntax(line=line, start=len(line), end=len(line), message=message, hint=hint)


def _value(given: str | None, word: re.Match[str], rest: Iterator[re.Match[str]]) -> tuple[str | None, re.Match[str]]:
    """A flag's value, after `=` or as the next word."""
    if given is not None:
        return given, word
    following = next(rest, None)
    return (None, word) if following is None else (following.group(), following)


def _flag(text: str) -> tuple[Flag | None, str | None]:
    """The flag that a word names. Phones turn `--` into a long dash: that is read as meant."""
    name, equals, value = re.sub(r"\A[—–]", "--", text).partition("=")
    known = {flag.name: flag for flag in flags_of_assess()}
    return known.get(name.lower()), value if equals else None


def _unknown_flag(line: str, word: re.Match[str]) -> BadSyntax:
    bare, _, value = word.group().partition("=")
    offered = {flag.name: flag for flag in flags_of_assess() if flag.available}
    nearest = min(offered, key=lambda name: distance(bare, name))
    if distance(bare, nearest) > min(3, len(nearest) // 3):
        return _fault(line, word, f"I don't know the flag `{bare}`", None, None)
    instead = f"{nearest}={value}" if value and offered[nearest].value is not None else nearest
    return _fault(line, word, f"I don't know the flag `{bare}`", f"did you mean {nearest}?", instead)


def _fault(line: str, word: re.Match[str], message: str, hint: str | None, instead: str | None) -> BadSyntax:
    return _fault_at(line, word.span(), message, hint, instead)


def _fault_at(line: str, spot: tuple[int, int], message: str, hint: str | None, instead: str | None) -> BadSyntax:
    start, end = spot
    corrected = None if instead is None else f"{line[:start]}{instead}{line[end:]}".rstrip()
    return BadSyntax(line=line, start=start, end=end, message=message, hint=hint, corrected=corrected)
