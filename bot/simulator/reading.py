"""Reading decoded JSON with types: a fault names the path of the value and what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.simulator.clock import parse_stamp


class ReadingError(Exception):
    """JSON that does not hold: one line, with the path of the value and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A JSON object together with where it stands in the file."""

    path: str
    value: Mapping[str, object]

    def has(self, key: str) -> bool:
        """Whether the key is there with anything but null."""
        return self.value.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without a default it is required."""
        found = self.maybe_text(key)
        if found is None and default is None:
            raise self.fault(key, "is required")
        return found if found is not None else default or ""

    def maybe_text(self, key: str) -> str | None:
        """A string, or None where it is absent."""
        found = self.value.get(key)
        if found is not None and not isinstance(found, str):
            raise self.fault(key, f"must be a string, not {_kind(found)}")
        return found

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number; without a default it is required."""
        found = self.value.get(key, default)
        if found is None and default is None:
            raise self.fault(key, "is required")
        if found is None:
            return default or 0
        if not isinstance(found, int) or isinstance(found, bool):
            raise self.fault(key, f"must be a whole number, not {_kind(found)}")
        return found

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A boolean."""
        found = self.value.get(key)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise self.fault(key, f"must be true or false, not {_kind(found)}")
        return found

    def word(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words, in lower case."""
        found = self.text(key, default).lower()
        if found not in allowed:
            raise self.fault(key, f"must be one of {', '.join(allowed)}, not {found!r}")
        return found

    def moment(self, key: str, default: datetime) -> datetime:
        """A time in ISO 8601."""
        found = self.maybe_text(key)
        if found is None:
            return default
        try:
            return parse_stamp(found)
        except ValueError:
            raise self.fault(key, f"must be a time like 2026-01-31T12:00:00Z, not {found!r}") from None

    def place(self, key: str) -> "Place":
        """An object below; an absent one is empty."""
        return place(self.value.get(key, {}), self._at(key))

    def places(self, key: str) -> list["Place"]:
        """A list of objects; an absent one is empty."""
        return [place(each, f"{self._at(key)}[{i}]") for i, each in enumerate(self._list(key))]

    def texts(self, key: str) -> list[str]:
        """A list of strings; an absent one is empty."""
        found = self._list(key)
        for i, each in enumerate(found):
            if not isinstance(each, str):
                raise self.fault(f"{key}[{i}]", f"must be a string, not {_kind(each)}")
        return [str(each) for each in found]

    def names(self, key: str) -> list[str]:
        """A list of names, each a string or an object with ``name``; an absent one is empty."""
        found = self._list(key)
        whole = [{"name": each} if isinstance(each, str) else each for each in found]
        return [place(each, f"{self._at(key)}[{i}]").text("name") for i, each in enumerate(whole)]

    def references(self, key: str) -> list[str]:
        """A list of issues: numbers, ``#7`` or ``owner/name#7``."""
        found = self._list(key)
        for i, each in enumerate(found):
            if not isinstance(each, (str, int)) or isinstance(each, bool):
                raise self.fault(f"{key}[{i}]", f"must be the number of an issue, not {_kind(each)}")
        return [each if isinstance(each, str) and "#" in each else f"#{each}" for each in found]

    def pairs(self, key: str) -> dict[str, str]:
        """An object from strings to strings; an absent one is empty."""
        below = self.place(key)
        return {name: below.text(name) for name in below.value}

    def fault(self, key: str, problem: str) -> ReadingError:
        """The error about a key of this object."""
        return ReadingError(f"{self._at(key)}: {problem}")

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _list(self, key: str) -> list[object]:
        found = self.value.get(key)
        if found is None:
            return []
        if not isinstance(found, list | tuple):
            raise self.fault(key, f"must be a list, not {_kind(found)}")
        return list(found)


def place(value: object, path: str) -> Place:
    """A decoded value as an object at a path; raises ReadingError when it is none."""
    if not isinstance(value, Mapping):
        raise ReadingError(f"{path or 'the document'}: must be an object, not {_kind(value)}")
    return Place(path=path, value={str(key): each for key, each in value.items()})


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    if value is None:
        return "null"
    return names.get(type(value), "an object")
