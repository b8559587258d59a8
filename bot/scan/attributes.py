"""What a repository says itself about its files, in `.gitattributes`: generated, vendored, documentation.

An attribute that is taken away (`-linguist-generated`, `linguist-generated=false`) makes the file code again, whatever
its folder is called. A line that we cannot read says nothing: a doubt never hides an occurrence.

Sources: https://git-scm.com/docs/gitattributes,
https://github.com/github-linguist/linguist/blob/main/docs/overrides.md
"""

from dataclasses import dataclass

import re2

from bot.scan.globs import expression_of, glob_fault
from bot.scan.kinds import FileKind

NAME = ".gitattributes"
MOST_RULES = 500
LARGEST = 100 << 10  # git itself reads no larger ones
SET_MEMORY = 32 << 20
_SENTINEL = "(?s:.*)"  # always matches; a set that ran out of memory answers that nothing does
_KINDS = {
    "linguist-vendored": FileKind.VENDORED,
    "linguist-generated": FileKind.GENERATED,
    "linguist-documentation": FileKind.DOCUMENTATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """`depth` is that of the file in which the rule stands: deeper ones say it better."""

    depth: int
    expression: str
    says: tuple[tuple[FileKind, bool], ...]


class Attributes:
    """The attributes of all files, as far as they were read. A folder's own file stands at its head in an archive."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._set: re2.Set | None = None

    def add(self, path: str, data: bytes) -> None:
        """Takes in the `.gitattributes` at a path."""
        folder = path[: -len(NAME)]
        if len(data) > LARGEST:
            return
        for line in data.decode("utf-8", "replace").splitlines():
            rule = _rule(folder, line)
            if rule is not None and len(self._rules) < MOST_RULES:
                self._rules.append(rule)
        self._rules.sort(key=lambda rule: rule.depth)
        self._set = _set_of(self._rules) if self._rules else None

    def kind_of(self, path: str) -> FileKind | None:
        """The kind that the repository gives a file; code where it says that it is none of the others; None where it
        says nothing.
        """
        matched = self._set.Match(path.encode()) if self._set else ()
        if 0 not in matched:
            return None
        said: dict[FileKind, bool] = {}
        for number in sorted(number for number in matched if number):
            said.update(self._rules[number - 1].says)
        return next((kind for kind, holds in said.items() if holds), FileKind.CODE) if said else None


def _rule(folder: str, line: str) -> _Rule | None:
    glob, *attributes = line.split() or ("#",)
    says = tuple(said for attribute in attributes for said in _said(attribute))
    if not says or glob.startswith(("#", "!", "[attr]", '"')) or glob_fault(glob) is not None:
        return None
    # Unlike an ignored one, an attributed folder says nothing about what is in it.
    return _Rule(
        depth=folder.count("/"),
        expression=f"(?:{re2.escape(folder)}(?:{expression_of((glob,), below=False)}))",
        says=says,
    )


def _said(attribute: str) -> tuple[tuple[FileKind, bool], ...]:
    name, _, value = attribute.partition("=")
    kind = _KINDS.get(name.lstrip("-!"))
    return ((kind, name[0] not in "-!" and value != "false"),) if kind else ()


def _set_of(rules: list[_Rule]) -> re2.Set:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = SET_MEMORY
    together = re2.Set.FullMatchSet(options)
    for expression in (_SENTINEL, *(rule.expression for rule in rules)):
        together.Add(expression)
    together.Compile()
    return together
