"""What is said of the commands, and where: in the comment, on the web page and in the docs, from one catalogue.

`UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/cli/test_command_page.py` writes the docs anew.
"""

import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

from typer.testing import CliRunner

from bot.assessment.policy import Role
from bot.cli.main import app
from bot.commands.catalog import CATALOG, help_markdown, offered, options, table
from bot.commands.rights import RIGHTS, Deed, Tie, matrix, who
from bot.config.schema import PermissionsSection
from tests.assessment.golden import same_as_file
from tests.web.world import World, call

PROJECT = Path(__file__).resolve().parents[2]
PAGE, README = PROJECT / "docs/reference/commands.md", PROJECT / "README.md"
ANEW = "write it anew: UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/cli/test_command_page.py"
IN_README = re.compile(r"(?<=<!-- commands -->\n).*(?=<!-- end of the commands -->\n)", re.DOTALL)


def printed() -> str:
    """What `python -m bot commands --markdown` prints."""
    result = CliRunner().invoke(app, ["commands", "--markdown"])
    assert result.exit_code == 0
    return result.stdout


def rows(text: str) -> list[tuple[str, ...]]:
    """The first three columns of a text's first Markdown table, without its head, as a reader sees them."""
    table = text[text.index("| command |") :].partition("\n\n")[0]
    found = (re.split(r" \| ", line.strip("| "))[:3] for line in table.splitlines()[2:])
    return [tuple(seen(cell) for cell in row) for row in found]


def seen(text: str) -> str:
    """A text as a reader sees it."""
    return " ".join(text.replace("`", "").replace("\\|", "|").split())


class Cells(HTMLParser):
    """The cells of the table on the web page; what is quiet there is beside the point."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.where: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.where.append("quiet" if "quiet" in str(dict(attrs).get("class")) else tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.where.pop()

    def handle_data(self, data: str) -> None:
        if "td" in self.where and "quiet" not in self.where:
            self.cells[-1] += data


async def on_the_web() -> list[tuple[str, ...]]:
    """The rows of the web page."""
    answered = await call(World().app(), "/", method="GET")
    assert answered is not None
    page = Cells()
    page.feed(answered.body.decode().partition("<table>")[2].partition("</table>")[0])
    return [tuple(seen(cell) for cell in page.cells[at : at + 3]) for at in range(0, len(page.cells), 3)]


def test_the_page_on_commands_is_current() -> None:
    """`docs/reference/commands.md` is what `python -m bot commands --markdown` prints."""
    assert same_as_file(printed().encode(), PAGE), ANEW


def test_the_readmes_table_is_current() -> None:
    """It is the table of the help, to the letter."""
    text = README.read_text("utf-8")
    if os.environ.get("UPDATE_GOLDEN"):
        text = IN_README.sub(lambda _: f"\n{table()}\n\n", text)
        README.write_text(text, "utf-8")
    assert IN_README.findall(text) == [f"\n{table()}\n\n"], ANEW


async def test_the_same_is_said_everywhere() -> None:
    """The comment, the web page, the reference and the README name the catalogue's commands, and who may give them."""
    catalogue = [(seen(entry.usage), seen(entry.help), entry.role) for entry in CATALOG]
    assert catalogue == rows(help_markdown())
    assert catalogue == await on_the_web()
    assert catalogue == rows(printed())
    assert catalogue == rows(README.read_text("utf-8")), ANEW


def test_every_option_is_on_the_page() -> None:
    """With its value and what it does; none that is not there yet."""
    listed = re.findall(r"^\| `(--[^`]+)` \|", printed(), re.MULTILINE)
    assert listed == [flag.usage for flag in options(offered())]
    assert "--only=id,id" in listed


def test_the_rights_are_those_that_are_asked() -> None:
    """Every command by role and by tie: the page's marks are what `may` answers."""
    page = printed()
    for entry in offered():
        right = RIGHTS[entry.deed]
        roles = ["✓" if one else "" for one in dict(matrix())[entry.deed]]
        anyway = "✓" if right.role is Role.NONE else ""
        ties = ["*never*" if tie in right.never else "✓" if tie in right.ties else anyway for tie in Tie]
        assert [*roles, *ties] == _marks(page, entry.usage), entry.usage


def test_every_right_is_on_the_page() -> None:
    """Those without a command of their own stand below the command on whose way they are asked."""
    roles = printed().partition("## Who may do what")[2].partition("##")[0]
    rows = [line for line in roles.splitlines() if line.startswith("|")][2:]
    assert len(rows) == len(Deed)
    told = dict(matrix())
    for deed, words in {Deed.OUTSIDE_CRITERIA: "[beyond GitHub]", Deed.START_WORKFLOW: "[starts a workflow]"}.items():
        (row,) = [row for row in rows if words in row]
        assert [cell == " ✓ " for cell in row.split("|")[2:8]] == list(told[deed])


def test_people_are_named_as_in_the_answers() -> None:
    """The page's columns have the words in which an answer says whom a command is open to."""
    (head,) = (line for line in printed().splitlines() if line.startswith("| | `none` |"))
    columns = [cell.strip() for cell in head.split("|")]
    assert columns[-4:-2] == who(Deed.DRY_RUN).partition("also ")[2].split(" and ")


def test_the_permissions_are_those_of_the_policy() -> None:
    """What a policy may write of each, in the order of its schema; weaker roles cannot be written."""
    listed = re.findall(r"^\| `(\w+)` \| .* \| `(\w+)` \| (.*) \|$", printed(), re.MULTILINE)
    assert {name for name, _, _ in listed} <= set(PermissionsSection.model_fields)
    for name, usual, stronger in listed:
        field = PermissionsSection.model_fields[name]
        assert (field.default, list(get_args(field.annotation))) == (usual, re.findall(r"`(\w+)`", stronger))


def _marks(page: str, usage: str) -> list[str]:
    """The cells of a command's row in the table of roles."""
    roles = page.partition("## Who may do what")[2]
    (row,) = [line for line in roles.splitlines() if f"`{usage}`".replace("|", "\\|") in line][:1]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[2:-1]]


def test_the_list_names_every_command() -> None:
    """Without `--markdown` each has its line."""
    lines = CliRunner().invoke(app, ["commands"]).stdout.splitlines()
    assert [line.startswith(entry.usage) for line, entry in zip(lines, offered(), strict=True)] == [True] * len(lines)
