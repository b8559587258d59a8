"""Comments made by construction: for each it is known which commands it gives, and which blocks belong to them."""

import re
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from bot.assessment.openlines import Block
from bot.commands.grammar import MAX_COMMANDS, Assess, Command, Confirm, Help, TooMany
from bot.commands.taking_back import Reopen


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a comment: its lines, the commands that it gives, what is fenced in it, if it is a fence.

    `ready`: its last line is a command, which takes the blocks directly below.
    """

    lines: tuple[str, ...]
    commands: tuple[Command, ...] = ()
    ready: bool = False
    fenced: str | None = None


COMMANDS: dict[str, Command] = {
    "/assess-resolution": Assess(),
    "/Assess-Resolution  --dry-run": Assess(dry_run=True),
    "/assess-resolution hotfix —no-close": Assess(profile="hotfix", no_close=True),
    "/assess-resolution --only=ci,tasks": Assess(only=("ci", "tasks")),
    "/assess-resolution help": Help(),
    "/resolution": Help(),
    "/reopen it broke": Reopen(reason="it broke"),
    "/confirm-fixed thanks 🎉": Confirm(),
}
SILENT = (
    "/retest",
    "/lgtm",
    "/",
    "/assess",
    "// no",
    "/etc/hosts",
    "please /assess-resolution",
    "`/assess-resolution`",
)

# Nothing that could open code or HTML, and no line end of Markdown's; but those that only Python knows.
_LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="`<|\\", include_characters="\x0b\x0c\x85")
PROSE = st.text(_LETTERS, max_size=30).map(lambda text: f"w{text}")


@st.composite
def paragraphs(draw: st.DrawFn) -> Part:
    """People's words, with commands on lines of their own among them, indented by up to three blanks.

    The first is not: below a list it would belong to the last item.
    """
    drawn = draw(
        st.lists(st.one_of(PROSE, st.sampled_from(SILENT), st.sampled_from(list(COMMANDS))), min_size=1, max_size=4)
    )
    indent = st.sampled_from(("", " ", "   "))
    lines = tuple(f"{draw(indent) if at else ''}{line}" for at, line in enumerate(drawn))
    given = tuple(COMMANDS[line] for line in drawn if line in COMMANDS)
    return Part(lines=lines, commands=given, ready=isinstance(COMMANDS.get(drawn[-1]), Assess))


@st.composite
def below_a_list(draw: st.DrawFn) -> Part:
    """A list, and right below it words and commands: what is indented is the item's."""
    marker = draw(st.sampled_from(("- ", "* ", "1. ", "- [x] ", "- a\n  - ")))
    below = draw(st.lists(st.one_of(st.sampled_from(SILENT), st.sampled_from(list(COMMANDS))), min_size=1, max_size=3))
    inside = [f"  {line}" if draw(st.booleans()) and at else line for at, line in enumerate(below)]
    given = [COMMANDS[line] for line in inside if line in COMMANDS]
    ready = inside[-1] in COMMANDS and isinstance(given[-1], Assess)
    return Part(lines=(*f"{marker}{draw(PROSE)}".split("\n"), *inside), commands=tuple(given), ready=ready)


def _hidden(lines: tuple[str, ...]) -> Part:
    return Part(lines=lines)


def quoted(part: Part) -> Part:
    """The same in a quote."""
    return _hidden(tuple(f"> {line}" for line in part.lines))


def lazily_quoted(line: str) -> Part:
    """A line that goes on with a quote, though it does not look so."""
    return _hidden(("> words", line))


def listed(part: Part) -> Part:
    """The same in a list's item."""
    first, *rest = part.lines
    return _hidden((f"- {first}", *(f"  {line}" if line else "" for line in rest)))


def indented(part: Part) -> Part:
    """The same as code, by its indentation."""
    return _hidden(tuple(f"    {line}" if line else "" for line in part.lines))


def commented(part: Part) -> Part:
    """The same in an HTML comment."""
    return _hidden(("<!--", *(line.replace("--", "- -") for line in part.lines), "-->"))


def preformatted(part: Part) -> Part:
    """The same in HTML that goes on until it is closed."""
    return _hidden(("<pre>", *(line.replace("<", "(") for line in part.lines), "</pre>"))


def folded(part: Part) -> Part:
    """The same between HTML that folds it away or quotes it, with empty lines in which Markdown is read again."""
    return _hidden(("<details>", "", *(line.replace("<", "(") for line in part.lines), "", "</details>"))


def in_html(line: str) -> Part:
    """A line of an HTML block."""
    return _hidden(("<div>", line, "</div>"))


def headed(line: str) -> Part:
    """A heading."""
    return _hidden((f"# {line}",))


def underlined(line: str) -> Part:
    """A heading of the other kind."""
    return _hidden((line, "==="))


def tabled(line: str) -> Part:
    """A row of a table, that begins like a command."""
    return _hidden(("a | b", "-|-", f"{line} | x"))


def spanned(line: str) -> Part:
    """A line inside inline code."""
    return _hidden(("words `code", line, "code`"))


def inline_commented(line: str) -> Part:
    """A line inside an HTML comment that begins in a paragraph."""
    return _hidden(("words <!-- note", line.replace("--", "- -"), "-->"))


@st.composite
def fenced(draw: st.DrawFn, inner: st.SearchStrategy[Part]) -> Part:
    """Another part in a fence longer than any in it."""
    part = draw(inner)
    mark = draw(st.sampled_from("`~"))
    longest = max((len(run) for line in part.lines for run in re.findall(r"`+|~+", line)), default=0)
    fence = mark * (max(3, longest + 1) + draw(st.integers(0, 2)))
    language = draw(st.sampled_from(("", "text", "yaml", " YML extra", "resolution")))
    text = "".join(f"{line}\n" for line in part.lines)
    brings = language.split()[:1] in (["yaml"], ["YML"], ["resolution"])
    return Part(lines=(f"{fence}{language}", *part.lines, fence), fenced=text if brings else None)


LINES = st.sampled_from(list(COMMANDS))
FLAT: st.SearchStrategy[Part] = st.one_of(
    paragraphs(),
    below_a_list(),
    *(LINES.map(make) for make in (lazily_quoted, in_html, headed, underlined, tabled, spanned, inline_commented)),
)
NESTED: st.SearchStrategy[Part] = st.recursive(
    FLAT,
    lambda inner: st.one_of(
        fenced(inner),
        *(inner.map(make) for make in (quoted, listed, indented, commented, preformatted, folded)),
        st.tuples(inner, inner).map(lambda two: quoted(Part(lines=(*two[0].lines, "", *two[1].lines)))),
    ),
    max_leaves=6,
)
# Left to itself, nearly everything would be nested, and no command in the open.
PARTS: tuple[st.SearchStrategy[Part], ...] = (paragraphs(), paragraphs(), below_a_list(), fenced(FLAT), NESTED, NESTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A comment, and the commands that it gives."""

    body: str
    commands: tuple[Command, ...]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Parts with empty lines between, with the line ends of one system."""
    parts: list[Part] = []
    for kind in draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=5)):
        parts.append(draw(kind))
        parts += draw(st.lists(fenced(FLAT), max_size=2)) if parts[-1].ready else []
    lines: list[str] = []
    given: list[Command] = []
    open_to_blocks = False
    for part in parts:
        lines += [""] if lines else []
        if part.fenced is not None and open_to_blocks:
            last = given[-1]
            assert isinstance(last, Assess)
            block = Block(language=part.lines[0].strip("`~").split()[0].lower(), text=part.fenced, line=len(lines) + 2)
            given[-1] = replace(last, blocks=(*last.blocks, block))
        else:
            given += part.commands
            open_to_blocks = part.ready
        lines += part.lines
    found = tuple(given) if len(given) <= MAX_COMMANDS else (TooMany(count=len(given)),)
    return Document(body=draw(st.sampled_from(("\n", "\r\n", "\r"))).join(lines), commands=found)
