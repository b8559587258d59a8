"""What is said about a checked file: in plain lines, as JSON, as annotations of GitHub Actions.

What a file holds may be meant to look like something else: nothing invisible of it is printed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.assessment.refusals import Fault
from bot.assessment.wording import count
from bot.config.lint import Linted

TITLE = "Resolution policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file looked over: `linted`, or why it is `unreadable`.

    `texts` are the lines of the files that faults may stand in, by their paths; `parts` say what comes from which.
    """

    path: str
    linted: Linted | None = None
    unreadable: str = ""
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    parts: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Is there nothing to mend? A file that cannot be read is summed up as well."""
        return self.linted is None or not self.linted.faults

    @property
    def summary(self) -> str:
        """In a few words."""
        linted = self.linted
        if linted is None:
            return self.unreadable
        warned = f", {count(len(linted.warnings), 'warning')}" if linted.warnings else ""
        if linted.faults or linted.loaded is None:
            return f"{count(len(linted.faults), 'fault')}{warned}"
        loaded = linted.loaded
        parts = [count(len(loaded.questions), "criterion", "criteria")]
        parts += [count(len(loaded.profiles), "profile")] if loaded.profiles else []
        return f"{', '.join(parts)}, mode {loaded.policy.mode}, no faults{warned}"


def told(faults: Iterable[Fault], what: str = "") -> Iterator[str]:
    """One line a fault: path:line:column, what is wrong, what was probably meant."""
    for fault in faults:
        yield visible(f"{fault.path}:{fault.line}:{fault.column}: {what}{said(fault)}")


def said(fault: Fault) -> str:
    """What is wrong, and what was probably meant."""
    return f"{fault.text} (did you mean {fault.suggestion}?)" if fault.suggestion else fault.text


def as_json(checked: Iterable[Checked]) -> str:
    """One document about all files; docs/policy.md describes it."""
    return json.dumps({"files": [_document(one) for one in checked]}, indent=2)


def annotations(one: Checked) -> Iterator[str]:
    """Workflow commands: GitHub Actions shows them at the lines, whatever rights the workflow has.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    if one.linted is None:
        yield _annotation("error", {}, f"{one.path}: {one.unreadable}")
        return
    for level, faults in (("error", one.linted.faults), ("warning", one.linted.warnings)):
        for fault in faults:
            place = {"file": fault.path, "line": str(fault.line), "col": str(fault.column)}
            yield _annotation(level, place, said(fault))
    # Not at the start of the line, where a path that begins with colons would be a command.
    yield f"checked {visible(one.path)}: {one.summary}"
    yield from map(visible, one.parts)


def visible(text: str) -> str:
    """The text in one line, with a mark for every character that nobody sees, or that is not what it seems."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _document(one: Checked) -> Mapping[str, object]:
    linted = one.linted
    loaded = linted.loaded if linted is not None else None
    return {
        "path": one.path,
        "unreadable": one.unreadable or None,
        "faults": [_fault(fault) for fault in linted.faults] if linted is not None else [],
        "warnings": [_fault(fault) for fault in linted.warnings] if linted is not None else [],
        "criteria": len(loaded.questions) if loaded is not None else None,
        "profiles": [profile.name for profile in loaded.profiles] if loaded is not None else None,
        "mode": str(loaded.policy.mode) if loaded is not None else None,
        "digest": loaded.policy.digest if loaded is not None else None,
    }


def _fault(fault: Fault) -> Mapping[str, object]:
    return {
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
        "text": fault.text,
        "suggestion": fault.suggestion,
    }


def _annotation(level: str, place: Mapping[str, str], message: str) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in {**place, "title": TITLE}.items())
    return f"::{level} {properties}::{visible(_data(message))}"


def _data(text: str) -> str:
    # As in the Actions toolkit: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
