"""Faults on demand: which requests go wrong, and how.

A rule matches by method, by a regular expression over the path, and by the name of a GraphQL
operation or of a field it asks for at the top. It applies from its ``nth`` match on (1 is the
first), ``times`` times; ``"times": null`` never ends.
"""

import re
from dataclasses import dataclass, field

from bot.simulator.reading import Place, ReadingError

EFFECTS = (
    "status",
    "delay",
    "lag",
    "forbidden",
    "secondary-limit",
    "primary-limit",
    "reset-before",
    "reset-after",
    "apply-then-500",
    "apply-then-status",
    "unauthorized",
)
_NEEDS_ARGUMENT = ("status", "delay", "lag", "forbidden", "apply-then-status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What goes wrong: one of EFFECTS, with what stood behind its colon."""

    name: str
    argument: str = ""

    @property
    def seconds(self) -> float:
        """The argument as seconds; a minute where there is none."""
        return float(self.argument or 60)


@dataclass(slots=True, kw_only=True, eq=False)
class Rule:
    """One rule and how often it has matched and applied."""

    method: str
    path: re.Pattern[str]
    operation: str
    nth: int
    times: int | None
    effect: Effect
    matched: int = 0
    applied: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a rule is compared with: ``names`` are a GraphQL operation's name and its top fields."""

    method: str
    path: str
    names: frozenset[str] = field(default_factory=frozenset)


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        """No rules."""
        self.rules: list[Rule] = []

    def set(self, root: Place) -> int:
        """Put the rules of a request in force beside the others; an empty list clears all."""
        rules = [_rule(each) for each in root.places("rules")]
        self.rules = [*self.rules, *rules] if rules else []
        return len(self.rules)

    def clear(self) -> None:
        """No rules any more."""
        self.rules = []

    def take(self, asked: Asked) -> tuple[Effect, ...]:
        """The effects that apply to a request; taking them counts."""
        return tuple(rule.effect for rule in self.rules if _applies(rule, asked))


def _applies(rule: Rule, asked: Asked) -> bool:
    if rule.method not in ("", asked.method) or not rule.path.search(asked.path):
        return False
    if rule.operation and rule.operation not in asked.names:
        return False
    rule.matched += 1
    if rule.matched < rule.nth or (rule.times is not None and rule.applied >= rule.times):
        return False
    rule.applied += 1
    return True


def _rule(root: Place) -> Rule:
    name, _, argument = root.text("effect").partition(":")
    if name not in EFFECTS:
        raise root.fault("effect", f"must be one of {', '.join(EFFECTS)}, not {name!r}")
    if name in _NEEDS_ARGUMENT and not argument:
        raise root.fault("effect", f"{name} needs something behind a colon")
    _check_number(root, name, argument)
    try:
        path = re.compile(root.text("path", ""))
    except re.error as error:
        raise root.fault("path", f"is no regular expression: {error}") from error
    forever = "times" in root.value and root.value["times"] is None
    return Rule(
        method=root.text("method", "").upper(),
        path=path,
        operation=root.text("operation", ""),
        nth=root.number("nth", 1),
        times=None if forever else root.number("times", 1),
        effect=Effect(name=name, argument=argument),
    )


def _check_number(root: Place, name: str, argument: str) -> None:
    if name == "forbidden" or not argument:
        return
    try:
        float(argument)
    except ValueError:
        raise ReadingError(f"{root.path}.effect: {argument!r} is no number") from None
