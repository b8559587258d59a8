"""Whether there is anything to say of a merged fix that is to run somewhere, and the words for it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.assessment.promise import Look, Over, Place, Promised, Runs, Speak, Wait, came_true, decide, note, unseen

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SHA = "85375b936aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
WHAT = Promised(
    issue_node="I_1",
    pull=2,
    pull_url="https://github.com/octo/shop/pull/2",
    merged_at=NOW - timedelta(days=3),
    commit=SHA,
    commit_url=f"https://github.com/octo/shop/commit/{SHA}",
    branch="main",
    within=timedelta(days=3),
    policy="91ab3c",
)
YES = Place(name="eu", runs=Runs.YES, sha=SHA, at=NOW)
NO = Place(name="us", runs=Runs.NO, sha="a" * 40, url="https://github.com/octo/shop", behind=1)
UNDONE = Place(name="us", runs=Runs.NO, sha="a" * 40, behind=0, why="`ccccccc` reverted it there")
NOTHING = Place(name="us", runs=Runs.NO, why="nothing is live there")
COMING = Place(name="us", runs=Runs.NO, why="nothing is live there", coming=True)
NEVER = Place(name="moon", runs=Runs.UNKNOWN, why="no deployment to it was ever seen")


def look(*places: Place, gone: str | None = None, mute: str | None = None) -> Look:
    return Look(at=NOW, promised=WHAT, places=places, gone=gone, mute=mute)


ENDED, KEPT, UNMEASURED, UNSAID = "promise-ended", "promise-kept", "promise-not-measured", "promise-not-said"
SPEAK = Speak(promised=WHAT)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(look(YES), Over(event=KEPT, why="eu"), id="kept"),
        pytest.param(look(YES, NO), SPEAK, id="in-one-of-two"),
        pytest.param(look(UNDONE), SPEAK, id="undone-there"),
        pytest.param(look(NO, NEVER), SPEAK, id="one-not-measured"),
        pytest.param(look(YES, NEVER), Over(event=UNMEASURED, why=f"moon: {NEVER.why}"), id="not-measured"),
        pytest.param(look(COMING), Wait(until=NOW + timedelta(hours=1), held=True), id="on-its-way"),
        pytest.param(look(NO, mute="it is locked"), Over(event=UNSAID, why="it is locked"), id="mute"),
        pytest.param(Look(at=NOW, mute="no answer"), Over(event=UNSAID, why="no answer"), id="nobody-can-tell"),
        pytest.param(
            Look(at=NOW, mute="503", unanswered=True), Wait(until=NOW + timedelta(hours=1), held=True), id="no-answer"
        ),
        pytest.param(look(NO, gone="reverted"), Over(event=ENDED, why="reverted"), id="gone"),
    ],
)
def test_when_it_is_due(seen: Look, expected: Over | Wait | Speak) -> None:
    """Only what could be measured, still stands and may be said is said."""
    assert decide(seen, NOW, held=False) == expected


@pytest.mark.parametrize("seen", [look(NO), look(NEVER), look(COMING), Look(at=NOW, mute="no answer")])
def test_before_it_is_due(seen: Look) -> None:
    """It is waited for, whatever a look has found."""
    due = NOW + timedelta(days=1)
    assert decide(seen, due, held=False) == Wait(until=due)


def test_one_more_hour_is_one() -> None:
    """A deployment that never ends is not waited for again and again."""
    assert decide(look(COMING), NOW, held=True) == SPEAK


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (YES, "| `eu` | `85375b9` | 2026-11-23 15:00 UTC | yes |"),
        (NO, "| `us` | [`aaaaaaa`](https://github.com/octo/shop) |  | no: 1 commit before it |"),
        (UNDONE, "| `us` | `aaaaaaa` |  | no, `ccccccc` reverted it there |"),
        (NOTHING, "| `us` | nothing |  | no, nothing is live there |"),
        (NEVER, "| `moon` |  |  | not known: no deployment to it was ever seen |"),
    ],
)
def test_an_environment_is_a_row(place: Place, row: str) -> None:
    """What runs there, since when, and whether it has the fix."""
    assert row in note(WHAT, look(place), marker="m").splitlines()


def test_no_name_of_an_environment_acts() -> None:
    """It comes from the policy, and calls nobody."""
    evil = Place(name="@bob | Fixes #1", runs=Runs.NO)
    assert "`@bob | Fixes #1`" in note(WHAT, look(evil), marker="m").splitlines()[0]
    assert "| `@bob \\| Fixes #1` | nothing |" in note(WHAT, look(evil), marker="m")


def test_it_came_true() -> None:
    """What runs in each, and since when, as far as that is known."""
    other = Place(name="us", runs=Runs.YES)
    said = came_true(look(YES, other))
    assert said.startswith(
        "**It arrived** · `eu` runs `85375b9`, which has it (deployed 2026-11-23 15:00 UTC) and `us` "
    )


def test_what_was_never_seen() -> None:
    """The names stand as code."""
    assert unseen(("moon", "mars")).startswith("no deployment to `moon` and `mars` was ever seen")
