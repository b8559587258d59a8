"""`commands`: the page on what people can write in an issue, made from the catalogue and the table of rights."""

from bot.assessment.policy import ROLES, Role, at_least
from bot.commands.catalog import RULES, cell, offered, options
from bot.commands.rights import RIGHTS, TIES, Deed, Tie, matrix, may

_HEAD = f"""\
# Commands

What people can write in an issue. This page is made by `python -m bot commands --markdown`.

{RULES}"""

_OPTIONS = "## Options"

_WHO = """\
## Who may do what

By the role that GitHub tells of somebody when he asks, and again just before a closing; and by how he stands to the
issue, whatever his role is. An empty cell leaves it to the others; *never* outweighs them. *As well* comes on top of
the right to ask."""

_PERMISSIONS = """\
## What a policy can change

`permissions:` in the [policy](../policy.md) asks a stronger role for a command, never a weaker one. What is open to the
issue's author or to assignees stays so."""

_OWN = "(../policy.md#criteria-for-one-issue)"
_WITHOUT_COMMAND = {
    Deed.OWN_CRITERIA: f"[criteria for one issue]{_OWN}",
    Deed.OUTSIDE_CRITERIA: f"those among them that ask [beyond GitHub]{_OWN}, as well",
    Deed.START_WORKFLOW: "an assessment that [starts a workflow](../policy.md#asking-the-world), as well",
}
"""Rights that are asked on the way, by what they are about; "as well": on top of the right to ask at all."""


def markdown() -> str:
    """The whole page."""
    parts = (_HEAD, _commands(), _OPTIONS, _options(), _WHO, _rights(), _PERMISSIONS, _permissions())
    return "\n\n".join(parts)


def overview() -> str:
    """Every command with what it does, a line each."""
    entries = offered()
    width = max(len(entry.usage) for entry in entries)
    return "\n".join(f"{entry.usage:<{width}}  {entry.help}" for entry in entries)


def _commands() -> str:
    lines = ["| command | | who | on pull requests |", "|-|-|-|-|"]
    for entry in offered():
        there = "✓" if entry.on_pulls else ""
        lines.append(f"| {_code(entry.usage)} | {cell(entry.help)} | {cell(entry.role)} | {there} |")
    return "\n".join(lines)


def _options() -> str:
    """Every option with the commands that take it."""
    entries = offered()
    lines = ["| option | of | |", "|-|-|-|"]
    for flag in options(entries):
        of = ", ".join(_code(entry.usage) for entry in entries if flag in entry.flags)
        lines.append(f"| {_code(flag.usage)} | {of} | {cell(flag.help)} |")
    return "\n".join(lines)


def _rights() -> str:
    """Every deed, by role and by tie: those of commands, and those that are asked on the way."""
    named = _deeds()
    heads = [*(f"`{role}`" for role in ROLES), *TIES.values()]
    lines = [f"| | {' | '.join(heads)} |", f"|-|{'-|' * len(heads)}"]
    for deed, open_to in matrix():
        cells = [*("✓" if one else "" for one in open_to), *(_tied(deed, tie) for tie in TIES)]
        lines.append(f"| {named[deed]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _deeds() -> dict[Deed, str]:
    """The commands of each deed, in their order."""
    named: dict[Deed, str] = {}
    for entry in offered():
        usage = _code(entry.usage)
        named[entry.deed] = f"{named[entry.deed]}, {usage}" if entry.deed in named else usage
    return named | _WITHOUT_COMMAND


def _tied(deed: Deed, tie: Tie) -> str:
    """What a tie alone opens, and what it closes even to the strongest role."""
    held = frozenset({tie})
    if not may(deed, role=Role.ADMIN, ties=held):
        return "*never*"
    return "✓" if may(deed, role=Role.NONE, ties=held) else ""


def _permissions() -> str:
    """Every word of `permissions:` with the commands that it is about, and the roles that it can ask."""
    named = _deeds()
    lines = ["| key | of | without it | can be |", "|-|-|-|-|"]
    for word, deeds in _by_permission().items():
        about = ", ".join(named[deed] for deed in deeds)
        usual = RIGHTS[deeds[0]].role
        stronger = ", ".join(f"`{role}`" for role in ROLES if at_least(role, usual))
        lines.append(f"| `{word}` | {about} | `{usual}` | {stronger} |")
    return "\n".join(lines)


def _by_permission() -> dict[str, list[Deed]]:
    found: dict[str, list[Deed]] = {}
    for deed, right in RIGHTS.items():
        if right.permission is not None:
            found.setdefault(right.permission, []).append(deed)
    return found


def _code(text: str) -> str:
    return cell(f"`{text}`")
