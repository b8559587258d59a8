"""Durations of the policy: what editors are told is what is taken."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.assessment.spans import UNITS, Bounds, NoSpan, read, written
from bot.config.faults import model_in
from bot.config.schema import PolicySection
from bot.probes.lasting import Lasting, pattern_of
from bot.probes.registry import by_kind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOUNDS = [
    Bounds(least=timedelta(minutes=1), most=DAY),
    Bounds(least=HOUR, most=90 * DAY, zero=True),
    Bounds(least=timedelta(minutes=7), most=timedelta(minutes=31)),
    Bounds(least=timedelta(minutes=45), most=365 * DAY),
]


@pytest.mark.parametrize("bounds", BOUNDS, ids=lambda bounds: bounds.words)
def test_the_pattern_takes_what_is_within_the_bounds(bounds: Bounds) -> None:
    """And nothing else: an editor and the check say the same."""
    pattern = re.compile(pattern_of(bounds))
    numbers = [
        *range(130),
        *range(130, 2_000, 7),
        2_160,
        2_161,
        8_760,
        8_761,
        43_200,
        129_600,
        129_601,
        525_600,
        525_601,
    ]
    texts = ["0", *(f"{number}{letter}" for number in numbers for letter in UNITS)]
    wrong = [text for text in texts if bool(pattern.search(text)) == isinstance(read(text, bounds), NoSpan)]
    assert wrong == []


def durations(model: type[BaseModel]) -> Iterator[tuple[str, Bounds, str]]:
    """Every key of a model, and of those inside it, that is a duration: its name, bounds and description."""
    for name, field in model.model_fields.items():
        found = [*_lasting(field.annotation), *(one for one in field.metadata if isinstance(one, Lasting))]
        yield from ((f"{model.__name__}.{name}", one.bounds, field.description or "") for one in found)
        inner = model_in(field.annotation)
        yield from durations(inner) if inner is not None else ()


def _lasting(annotation: object) -> Iterator[Lasting]:
    yield from (one for one in getattr(annotation, "__metadata__", ()) if isinstance(one, Lasting))
    for part in getattr(annotation, "__args__", ()):
        yield from _lasting(part)


def test_every_description_names_the_bounds() -> None:
    """The references and the editor's schema are made from it."""
    models = [PolicySection, *(probe.params for probe in by_kind().values())]
    found = [one for model in models for one in durations(model)]
    assert {"CloseSection.after", "PolicySection.watch", "DeploymentParams.wait", "DispatchParams.within"} <= {
        name for name, _, _ in found
    }
    assert [name for name, bounds, said in found if bounds.words not in said] == []


def test_the_policys_page_names_every_bound() -> None:
    """One table for whoever writes a policy."""
    page = (Path(__file__).parents[2] / "docs/policy.md").read_text("utf-8")
    rows = [
        line.split("|") for line in page.partition("## Durations")[2].partition("\n## ")[0].splitlines() if "|" in line
    ]
    models = [PolicySection, *(probe.params for probe in by_kind().values())]
    for name, bounds, _ in (one for model in models for one in durations(model)):
        key = name.rpartition(".")[2]
        told = [row for row in rows if re.search(rf"[`.]{key}`", row[1])]
        assert any(written(bounds.least) in row[2] and written(bounds.most) in row[3] for row in told), name
