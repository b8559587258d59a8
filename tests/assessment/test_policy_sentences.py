"""Each rule as a sentence, which reads as English whatever stands there."""

from datetime import timedelta

import pytest

from bot.assessment.policy import GuardMode, GuardPolicy, HoldingMode, ImpactPolicy, LabelPolicy, LimitPolicy, Policy
from bot.assessment.policy_sentences import sentences

ONE = LabelPolicy(resolved=("a",), remove=("a",), pending="a", hold=("a",), regression="a", wrong="a")
SEVERAL = LabelPolicy(resolved=("a", "b"), remove=("a", "b"), hold=("a", "b", "{}"))


def told(**rules: object) -> dict[str, str]:
    return dict(sentences(Policy(source="s", digest="d", **rules)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "none", "one", "several"),
    [
        (
            "resolved",
            "no label is put on with a closing",
            "`a` is put on with a closing",
            "`a` and `b` are put on with a closing",
        ),
        (
            "remove",
            "no label is taken off with a closing",
            "`a` is taken off with a closing",
            "`a` and `b` are taken off with a closing",
        ),
        (
            "hold",
            "no label keeps an issue open",
            "`a` keeps an issue open",
            "each of `a`, `b` and `{}` keeps an issue open",
        ),
        ("pending", "no label shows that an answer waits", "`a` is on while an answer waits", None),
        ("regression", "no label is put on what came back", "`a` is put on what came back", None),
        ("wrong", "no label is there for people to contradict with", "people put on `a` to contradict", None),
    ],
)
def test_a_labels_role(role: str, none: str, one: str, several: str | None) -> None:
    """With no label, one and several."""
    said = [told(labels=labels)[f"labels.{role}"] for labels in (LabelPolicy(), ONE, SEVERAL)]
    assert [none, one, several or none] == said


@pytest.mark.parametrize(
    ("key", "rules", "words"),
    [
        ("trusted_bots", {}, "no bot's commands count"),
        ("trusted_bots", {"trusted_bots": ("x", "y")}, "commands of `x` and `y` count"),
        ("guard", {}, "closings by people: left alone; by bots: left alone"),
        (
            "guard",
            {"guard": GuardPolicy(bots=GuardMode.NOTE, holding=HoldingMode.SILENT)},
            (
                "closings by people: left alone; by bots: answered where they do not hold;"
                " nothing is said of those that hold"
            ),
        ),
        ("watch", {"watch": (timedelta(hours=1),)}, "closed issues are looked at again after 1 h"),
        (
            "limits",
            {"limits": LimitPolicy(concurrency=1)},
            "1 heavy question at the same time, within the operator's",
        ),
        (
            "limits",
            {"limits": LimitPolicy(budget=timedelta(seconds=30))},
            "30.0 s for one assessment, within the operator's",
        ),
        ("business_impact", {"impact": ImpactPolicy()}, "nothing is stated"),
        ("business_impact", {"impact": ImpactPolicy(goal="calm", value="much")}, "stated: calm; much"),
    ],
)
def test_a_rule(key: str, rules: dict[str, object], words: str) -> None:
    """What is given, and what is not."""
    assert words == told(**rules)[key]
