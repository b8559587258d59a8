"""Which issues an issue has to do with: never by a mere mention, never elsewhere, never itself."""

from dataclasses import replace

import pytest

from bot.assessment.document import Related
from bot.assessment.evidence import Finding, Origin
from bot.commands.related import MOST, related_to
from bot.github.models import PullState, Snapshot, Unknown
from tests.assessment.samples import criterion, evidence, seen
from tests.probes.world import context, issue, pull, ref

FOR_BOTH = "the pull request #12 is for both"


def about(place: str, **changes: object) -> Finding:
    """A criterion about other issues, seen at a place."""
    asked = replace(criterion("epic"), kind="issue")
    return Finding(criterion=replace(asked, **changes), evidence=evidence(source=seen(place)))  # type: ignore[arg-type]


def snapshot(**changes: object) -> Snapshot:
    return context(about=issue(**changes)).snapshot


@pytest.mark.parametrize(
    ("finding", "found"),
    [
        pytest.param(about("#7"), ((7, "the criterion `epic` asks about it"),), id="criterion"),
        pytest.param(about("#7", origin=Origin.CLAIM), ((7, "what was said there names it"),), id="claim"),
        pytest.param(about("acme/other#7"), (), id="elsewhere"),
        pytest.param(about("#1278"), (), id="itself"),
        pytest.param(about("this issue's sub-issues"), (), id="sub-issues"),
        pytest.param(about("#7", kind="check"), (), id="another-kind"),
    ],
)
def test_what_was_asked_about(finding: Finding, found: tuple[tuple[int, str], ...]) -> None:
    """By number, in this repository."""
    assert tuple((one.issue, one.shares) for one in related_to(snapshot(), (finding,))) == found


@pytest.mark.parametrize(
    ("body", "changes", "numbers"),
    [
        ("Fixes #1278, refs #7. Part of #8", {}, (7, 8)),
        ("Fixes #1278, fixes #9", {}, ()),
        ("Fixes #9, part of #8", {}, (8,)),
        ("See #7", {}, ()),
        ("Part of acme/other#7", {}, ()),
        ("Part of ACME/shop#7", {}, (7,)),
        ("Part of #7", {"state": PullState.OPEN}, ()),
        ("Part of #7", {"repository": "acme/other"}, ()),
    ],
    ids=["refers", "closes-both", "closes-and-refers", "mentions", "elsewhere", "spelled", "open", "a-pull-elsewhere"],
)
def test_what_its_pull_requests_are_for(body: str, changes: dict[str, object], numbers: tuple[int, ...]) -> None:
    """Merged ones of this repository, by words that refer: what they close together has them in common anyway."""
    at = snapshot(closing_pulls=(pull(body=body, **changes),))
    assert related_to(at, ()) == tuple(Related(issue=number, shares=FOR_BOTH) for number in numbers)


def test_what_blocked_it() -> None:
    """As GitHub says, without what is elsewhere and what we filed."""
    blockers = (ref(5), ref(6, repository="acme/other"), ref(7, by_us=True))
    assert related_to(snapshot(blocked_by=blockers), ()) == (Related(issue=5, shares="it blocked that issue"),)


def test_what_is_not_told_is_not_related() -> None:
    """No list, no issue."""
    lost = Unknown(reason="?")
    assert related_to(snapshot(blocked_by=lost, closing_pulls=lost), ()) == ()


def test_each_once_and_not_too_many() -> None:
    """The first reason stands; ten at most."""
    numbers = " ".join(f"Part of #{number}." for number in range(1, 20))
    found = related_to(snapshot(closing_pulls=(pull(body=numbers),), blocked_by=(ref(2),)), (about("#2"),))
    assert (len(found), found[0], found[1].shares) == (
        MOST,
        Related(issue=2, shares="the criterion `epic` asks about it"),
        FOR_BOTH,
    )
