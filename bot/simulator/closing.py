"""Which issues a text closes or names, by GitHub's rules.

Source: https://docs.github.com/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue
and https://docs.github.com/get-started/writing-on-github (autolinked references).
"""

import re

from bot.simulator.entities import Issue, Repository
from bot.simulator.world import World

_REFERENCE = r"(?:(?P<name>[\w.-]+/[\w.-]+))?#(?P<number>\d+)"
_CLOSING = re.compile(rf"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+{_REFERENCE}\b", re.IGNORECASE)
_NAMED = re.compile(rf"(?<![\w/#&]){_REFERENCE}\b")
_CODE = re.compile(r"```.*?```|`[^`\n]*`|<!--.*?-->", re.DOTALL)


def closed_by_text(world: World, home: Repository, text: str) -> list[Issue]:
    """The issues that a text closes by keyword, seen from a repository."""
    return _find(world, home, _CLOSING, text)


def named_in_text(world: World, home: Repository, text: str) -> list[Issue]:
    """The issues and pull requests that a text refers to."""
    return _find(world, home, _NAMED, text)


def closing_issues(world: World, one: Issue) -> list[Issue]:
    """The issues that a pull request will close: linked by hand, or by keyword on the default branch."""
    if one.pull is None:
        return []
    linked = list(one.pull.closes)
    if one.pull.base == one.repository.default_branch:
        linked += [i for i in closed_by_text(world, one.repository, one.body) if i not in linked]
    return [i for i in linked if i.pull is None]


def closing_pulls(world: World, one: Issue) -> list[Issue]:
    """The pull requests, of any repository, that close an issue."""
    return [p for r in world.repositories.values() for p in r.pulls() if one in closing_issues(world, p)]


def _find(world: World, home: Repository, pattern: re.Pattern[str], text: str) -> list[Issue]:
    found: list[Issue] = []
    for match in pattern.finditer(_CODE.sub(" ", text)):
        issue = world.find(f"{match['name'] or ''}#{match['number']}", home)
        if issue is not None and issue not in found:
            found.append(issue)
    return found
