"""The policy in words, part by part."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import BUILT_IN
from bot.assessment.explained_policy import CriteriaSet, Explained, Permitted, origin_of, policy
from bot.assessment.explanation import Flaw, Spot
from bot.assessment.policy import (
    DeployedPolicy,
    FollowUpMode,
    FollowUpPolicy,
    GuardMode,
    GuardPolicy,
    ImpactPolicy,
    LabelPolicy,
    Level,
    LimitPolicy,
    Permissions,
    Policy,
    RecordMode,
    RecordPolicy,
    Role,
)
from tests.assessment.golden import FOLDER, same_as_file

FILE = ".github/resolution.yml"


def spot(line: int, path: str = FILE) -> Spot:
    return Spot(text=f"{path}:{line}", url=f"https://github.com/octo/shop/blob/d4e5f6a/{FILE}#L{line}")


FULL = Policy(
    source=f"{FILE}@d4e5f6a",
    digest="91ab3c",
    minimum_confidence=Level.HIGH,
    permissions=Permissions(explain=Role.WRITE),
    labels=LabelPolicy(resolved=("done", "verified"), pending="waiting", hold=("on-hold",)),
    grace=timedelta(hours=24),
    preview=True,
    trusted_bots=("renovate",),
    guard=GuardPolicy(people=GuardMode.NOTE, bots=GuardMode.REOPEN),
    follow_ups=FollowUpPolicy(mode=FollowUpMode.FILE),
    record=RecordPolicy(mode=RecordMode.BRANCH),
    watch=(timedelta(hours=1), timedelta(days=7)),
    cross_reference=True,
    deployed=DeployedPolicy(environments=("production",), within=timedelta(days=3)),
    limits=LimitPolicy(budget=timedelta(seconds=120), concurrency=10),
    impact=ImpactPolicy(segment="Platform", goal="stability"),
)
KEYS = ("mode", "criteria", "close.minimum_confidence", "labels.resolved", "watch", "permissions.explain")
TOLD = Explained(
    policy=FULL,
    source=spot(1),
    asked=CriteriaSet(name="criteria", criteria=3, faulty=1),
    profiles=(
        CriteriaSet(name="docs", criteria=1, for_whom="issues with the label `docs`"),
        CriteriaSet(name="x", criteria=2),
    ),
    permitted=(
        Permitted(command="/assess-resolution", who="triage"),
        Permitted(command="/resolution explain [a | b]", who="write; also assignees", asked_by="explain"),
    ),
    origins={key: spot(number) for number, key in enumerate(KEYS, 2)}
    | {"profiles.docs": spot(9, path="octo/.github: .github/resolution.yml")},
    left_out=("mode", "watch"),
    notes=(Flaw(spot=spot(6), text="`watch` is understood, but this version does not do it yet"),),
)
PLAIN = replace(
    TOLD,
    policy=Policy(source=BUILT_IN, digest="b1"),
    source=Spot(text=BUILT_IN),
    profiles=(),
    permitted=(),
    origins={},
    notes=(),
    left_out=(),
)


@pytest.mark.parametrize(("told", "name"), [(TOLD, "explain-policy"), (PLAIN, "explain-policy-built-in")])
def test_policy(told: Explained, name: str) -> None:
    """The whole of it, as it is read; what nobody has given is folded, unless there is nothing else."""
    assert same_as_file(policy(told, limit=60_000).encode(), FOLDER / f"{name}.md")


@pytest.mark.parametrize(
    ("key", "line"),
    [("close.max_age", None), ("close.minimum_confidence", 4), ("limits.seconds", 8), ("limits", 8), ("guard", None)],
)
def test_where_a_part_was_given(key: str, line: int | None) -> None:
    """By its own key; by its section's where places below it are not known; else it is built in."""
    found = origin_of({**TOLD.origins, "limits": spot(8)}, key)
    assert found == (None if line is None else spot(line))


def test_a_stronger_role_that_is_built_in() -> None:
    """The key is named also where its line is not known."""
    told = replace(TOLD, origins={"mode": spot(2)})
    assert "write; also assignees (`permissions.explain`) |" in policy(told, limit=60_000)


@pytest.mark.parametrize("limit", [60_000, 12_000, 400])
def test_many_profiles_fit(limit: int) -> None:
    """Whatever it has, it stays within its share of a comment."""
    profiles = tuple(CriteriaSet(name=f"p{number}", criteria=1, for_whom="x" * 300) for number in range(60))
    origins = {f"profiles.p{number}": spot(number) for number in range(60)}
    text = policy(replace(TOLD, profiles=profiles, origins=origins), limit=limit)
    assert len(text) <= limit
    assert ("and 20 more" in text or "and 50 more" in text) == (limit == 12_000)
