"""What is said of a closed issue that was looked at again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.evidence import CriterionId, Outcome
from bot.assessment.policy import Role
from bot.assessment.regression import (
    Fallen,
    Sighting,
    broke_off,
    ended,
    explained,
    fell,
    holds_again,
    is_pointer,
    new_body,
    new_title,
    no_longer_waits,
    no_more,
    over,
    planned,
    pointer,
    promised,
    rolled_back,
    sighting,
    still_holds,
    table,
    undone,
)
from bot.assessment.watching import Response
from bot.assessment.withholding import Withheld, WithheldReason
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.samples import assess, finding

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLACE = "https://github.com/octo/shop/blob/f00dfee/service/monitoring.py"


def seen(observed: str, hours: int, sha: str | None = "f00dfee" * 5) -> Sighting:
    return Sighting(
        criterion="packaged", observed=observed, place="the tree", url=PLACE, sha=sha, at=AT + timedelta(hours=hours)
    )


def fallen(number: int = 1, title: str = "The module is packaged") -> tuple[Fallen, ...]:
    one = Fallen(
        title=title,
        held=seen("`service/monitoring.py` is there", 0),
        first=seen("no such file", 24, None),
        second=seen("no such file", 25),
    )
    return (one,) * number


MEASURED = assess((finding("packaged", Outcome.FAIL),))
WITHHELD = replace(
    MEASURED,
    plan=replace(
        MEASURED.plan, withheld=(Withheld(reason=WithheldReason.ADVISE, text="by myself I only advise here"),)
    ),
)
REFUSED = replace(
    MEASURED,
    actions=(
        Done(action=ActionKind.REOPEN, ending=Ending.REFUSED, text="not reopened: it was locked in the meantime"),
    ),
)


@pytest.mark.parametrize(
    ("name", "assessment", "response"),
    [
        ("reopened", MEASURED, Response.REOPEN),
        ("advised", WITHHELD, Response.SAY),
        ("prevented", REFUSED, Response.SAY),
    ],
)
def test_the_explanation(name: str, assessment: Assessment, response: Response) -> None:
    """What came back, at the closing and twice since, with places and moments; and what is done about it."""
    text = explained(fallen(), assessment, response, evidence_url="https://bot.example.com/a/1")
    assert same_as_file(f"{text}\n".encode(), FOLDER / f"regression-{name}.md")


def test_the_way_on_names_who_may_go_it() -> None:
    """Opened: who can close it, and who can ask anew. Left closed though nothing was withheld: who can open it."""
    strict = replace(MEASURED, close_role=Role.MAINTAIN)
    opened = explained(fallen(), strict, Response.REOPEN, evidence_url=None)
    assert "**Not right?** The reporter or anyone with **triage** can close it again: then I leave it closed" in opened
    assert "whoever has **maintain** can ask anew with `/assess-resolution`" in opened
    left = explained(fallen(), replace(REFUSED, close_role=Role.MAINTAIN), Response.SAY, evidence_url=None)
    assert "\n\nAnyone with **triage** can reopen it.\n\n" in left


@pytest.mark.parametrize("locked", [True, False])
def test_the_new_issue(locked: bool) -> None:
    """It refers to the old one, and says why it is another one."""
    body = new_body(fallen(2), MEASURED, locked=locked, evidence_url=None)
    assert same_as_file(f"{body}\n".encode(), FOLDER / f"regression-{'locked' if locked else 'old'}.md")


def test_the_new_title() -> None:
    """One line of plain text that GitHub takes, however long or empty the criterion's title is."""
    assert new_title(fallen(), 7) == "Came back since #7: The module is packaged"
    assert new_title(fallen(3, "x" * 400), 7).endswith("…, and 2 more")
    assert len(new_title(fallen(3, "x\n" * 400), 7)) < 256
    assert new_title(fallen(1, ""), 7) == "Came back since #7: packaged"


def test_hostile_words_do_nothing() -> None:
    """Neither a title nor what was seen calls, closes, or breaks the table."""
    one = replace(fallen(1, "@bob Fixes #1 | x")[0], second=seen("@bob | closes #3\n/assess-resolution", 25))
    text = explained((one,), MEASURED, Response.REOPEN, evidence_url=None)
    assert "`@bob`" in text
    assert "`#3`" in text
    assert "\n/assess-resolution" not in text
    assert all(row.replace("\\|", "").count("|") == 5 for row in table((one,)).splitlines())


def test_what_is_not_deployed() -> None:
    """What fails on a version without the fix is said, and called no regression."""
    said = rolled_back(("b", "a"), at=AT)
    assert said.startswith("**Looked again on 2026-11-20 12:00 UTC** · `a` and `b` did not hold, on a version that")
    assert said.endswith("it is not deployed there, which is no regression.")


@pytest.mark.parametrize("response", Response)
def test_the_pointer_is_known_again(response: Response) -> None:
    """An answer that is written anew keeps it; more than that one line is none."""
    said = pointer(response, at=datetime(2026, 11, 20, tzinfo=UTC), url=PLACE)
    assert (is_pointer(said), is_pointer(f"{said}\n\nMore."), is_pointer("Came back")) == (True, False, False)


def test_the_closing_is_undone() -> None:
    """Its document says where that is told."""
    assert undone(PLACE) == Done(
        action=ActionKind.REOPEN, ending=Ending.DONE, text="reopened, for it came back", url=PLACE
    )


@pytest.mark.parametrize("response", Response)
def test_the_line_that_leads_there(response: Response) -> None:
    """It is found again among an answer's paragraphs, and nothing that only holds it is."""
    said = pointer(response, at=AT, url=PLACE)
    others = (f"```\n{said}", f"{said}\n```", "**Came back** again")
    assert (is_pointer(said), [is_pointer(one) for one in others]) == (True, [False] * 3)


def test_what_was_put_off() -> None:
    """The opening is not done for now, and the line below says where it is not needed any more."""
    done = Done(action=ActionKind.REOPEN, ending=Ending.REFUSED, text="not reopened for now: at 14:10 UTC I go on")
    text = explained(fallen(), replace(MEASURED, actions=(done,)), Response.SAY, evidence_url=None)
    assert "**Not reopened by me** · for now: at 14:10 UTC I go on." in text
    assert holds_again(at=AT) == "**Looked again on 2026-11-20 12:00 UTC** · holds again, so it stays closed."


def test_many_criteria() -> None:
    """Three are named and ten shown; of the rest it is said how many there are."""
    text = explained(fallen(12), MEASURED, Response.REOPEN, evidence_url=None)
    assert "and 9 more held" in text
    assert "and 2 more criteria" in text


def test_what_fell() -> None:
    """Only what failed twice, with how it was at the closing and in the first look."""
    one, other = finding("packaged", Outcome.FAIL), finding("notes", Outcome.FAIL)
    held = (seen("there", 0), sighting(other))
    (found,) = fell((CriterionId("packaged"),), held=held, first=held, second=(one, other))
    assert (found.title, found.held.observed, found.second) == (one.criterion.title, "there", sighting(one))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            pointer(Response.REOPEN, at=AT, url=PLACE),
            f"**Came back** · 2026-11-20 12:00 UTC: [what was measured]({PLACE}).",
        ),
        (
            still_holds(("a", "b"), (), at=AT),
            "**Looked again on 2026-11-20 12:00 UTC** · still holds (2 criteria asked again).",
        ),
        (
            still_holds(("a", "b"), ("b",), at=AT),
            "**Looked again on 2026-11-20 12:00 UTC** · 1 still hold; could not be measured: `b`.",
        ),
        (
            broke_off("e-1"),
            "**No more re-checks** · they broke off (reference `e-1`); `/resolution watch` begins anew.",
        ),
        (no_more("nobody asks"), "**No more re-checks** · nobody asks."),
        (ended("ann"), "**No more re-checks** · `@ann` ended them."),
        (no_longer_waits("ann"), "**No longer waited for** · `@ann` ended it; `/assess-resolution` asks anew."),
        (planned((AT + timedelta(days=1),), AT), "in 24 h, on 2026-11-21 12:00 UTC"),
        (
            planned((AT + timedelta(hours=1), AT + timedelta(days=7)), AT),
            "in 1 h and 7 days, last on 2026-11-27 12:00 UTC",
        ),
    ],
)
def test_one_line(said: str, expected: str) -> None:
    """What is added below an answer that stands already."""
    assert said == expected


def test_what_is_promised() -> None:
    """By the policy, or as somebody ordered it; and how it ends without a word of what still holds."""
    day = (AT + timedelta(days=1),)
    assert promised(day, AT).startswith("**Next re-checks** · I look again in 24 h, on 2026-11-21 12:00 UTC, at what")
    assert "12:00 UTC, as `@ann` asked on 2026-11-20 12:00 UTC, at what" in promised(day, AT, by="ann")
    assert over(at=AT) == "**No more re-checks** · the last was on 2026-11-20 12:00 UTC."
