"""The label probe."""

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Outcome, Reason
from bot.github.models import Unknown
from bot.probes.label import PROBE, LabelParams

from .world import ask, context, issue

CASES = {
    "there": (("QA",), {"present": ["qa"]}, Outcome.PASS, "carries `qa`", True),
    "lacking": (("x",), {"present": ["qa"]}, Outcome.FAIL, "lacks `qa`", True),
    "unwanted": (("blocked",), {"absent": ["Blocked"]}, Outcome.FAIL, "still carries `Blocked`", True),
    "rightly absent": (("x",), {"absent": ["blocked"]}, Outcome.PASS, "does not carry it", False),
    "one of two": (("x", "QA"), {"any_of": ["verified", "qa"]}, Outcome.PASS, "carries `qa`", True),
    "both of two": (
        ("qa", "verified"),
        {"any_of": ["verified", "qa"]},
        Outcome.PASS,
        "carries `verified` and `qa`",
        True,
    ),
    "none of two": (("x",), {"any_of": ["verified", "qa"]}, Outcome.FAIL, "lacks `verified` or `qa`", True),
    "one of two, and one": (
        ("a", "qa"),
        {"present": ["a"], "any_of": ["b", "qa"]},
        Outcome.PASS,
        "carries `a` and `qa`",
        True,
    ),
    "one of two, and none": (
        ("qa", "z"),
        {"any_of": ["b", "qa"], "absent": ["z"]},
        Outcome.FAIL,
        "still carries `z`",
        True,
    ),
    "several rightly absent": (("x",), {"absent": ["a", "b"]}, Outcome.PASS, "carries none of them", False),
    "both wrong": (("b",), {"present": ["a"], "absent": ["b"]}, Outcome.FAIL, "lacks `a`; still carries `b`", True),
}


@pytest.mark.parametrize("name", CASES)
async def test_labels_are_compared_without_case(name):
    """As GitHub does; an absent label alone proves nothing."""
    labels, params, outcome, observed, decisive = CASES[name]
    evidence = await ask(PROBE, context(about=issue(labels=labels)), **params)
    assert (outcome, observed, decisive) == (evidence.outcome, evidence.observed, evidence.decisive)


async def test_unknown_labels_are_an_error():
    """Not told is neither there nor absent."""
    evidence = await ask(PROBE, context(about=issue(labels=Unknown(reason="needs issues:read"))), absent=["b"])
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.FORBIDDEN)


@pytest.mark.parametrize(
    "params",
    [{}, {"present": []}, {"present": ["a"], "absent": ["A"]}, {"any_of": ["a"], "absent": ["A"]}, {"present": [""]}],
)
def test_senseless_parameters_are_refused(params):
    """At least one label, and none on both sides."""
    with pytest.raises(ValidationError):
        LabelParams.model_validate(params)
