"""The words round a pattern that becomes a profile."""

from dataclasses import replace

import pytest

from bot.assessment import promotion
from bot.assessment.evidence import Criterion, CriterionId
from bot.assessment.pattern import Agreed
from bot.assessment.precedent import Held
from bot.assessment.promotion import PROFILE, Proposed, body, profile_of
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.samples import REPOSITORY

HOSTILE = "<!-- @all --> fixes #7 | **x**"
GONE = Held(id="gone", title=HOSTILE, kind="http", category="")
ASKED = Criterion(id=CriterionId("domain"), title=HOSTILE, category="", kind="code")
PATTERN = Agreed(
    name="domain+gone",
    criteria=(GONE,),
    issues=tuple((n, f"{REPOSITORY}/issues/{n}") for n in range(14, 2, -1)),
    label="`in` | @all",
)
WHAT = Proposed(profile="infra", pattern=PATTERN, criteria=(ASKED,), left_out=(GONE,))


def test_body() -> None:
    """The whole of it: foreign text does nothing, and no issue is referred to."""
    text = body(WHAT, by="bob", asked_in=f"{REPOSITORY}/issues/5#issuecomment-9")
    assert same_as_file(f"{text}\n".encode(), FOLDER / "promotion.md")


def test_body_of_less() -> None:
    """Without a label it is asked by name; where nothing is left out nothing is to do."""
    few = replace(PATTERN, label=None, issues=PATTERN.issues[:2])
    text = body(replace(WHAT, pattern=few, left_out=()), by="bob", asked_in="")
    assert "It is asked by name alone: `/assess-resolution infra`" in text
    assert "[`#14`](" in text
    assert not any(word in text for word in ("To do", "more were", "label `"))


@pytest.mark.parametrize(
    ("common", "others", "words"),
    [
        (None, 3, "These issues have no label in common that I do not put on myself; with a `when:`"),
        ("infra", 0, "All of these have the label `infra`, but so has every issue that was closed on evidence yet"),
        ("infra", 3, "but so has at least half of the others that were closed, so it tells nothing apart; with"),
    ],
)
def test_why_no_label_chooses_it(common: str | None, others: int, words: str) -> None:
    """It is said truly: none in common is not the same as one that all closed issues have."""
    pattern = replace(PATTERN, label=None, common=common, others=others)
    assert words in body(replace(WHAT, pattern=pattern), by="bob", asked_in="")


@pytest.mark.parametrize(
    ("pattern", "profile"),
    [
        ("domain+unit", "domain-unit"),
        ("a.b+c_d", "a-b-c_d"),
        ("-a-", "a"),
        ("x" * 60, "x" * 40),
        (f"{'a' * 39}+b", "a" * 39),
    ],
)
def test_profile_of(pattern: str, profile: str) -> None:
    """A name that a branch can have."""
    assert profile_of(pattern) == profile
    assert PROFILE.match(profile)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (promotion.proposed("infra", (2, 0), 7, REPOSITORY), "`infra` asks 2 criteria."),
        (promotion.proposed("infra", (1, 1), 7, REPOSITORY), "`infra` asks 1 criterion; 1 criterion left out"),
        (promotion.going("infra", 7, REPOSITORY), "Proposed already: [`#7`]("),
        (promotion.decided("infra", "a", 7, REPOSITORY, merged=True), "and was merged. Choose another name"),
        (promotion.decided("infra", "a", 7, REPOSITORY, merged=False), "and was closed unmerged."),
        (promotion.taken("infra", "a"), "Choose another name: `/resolution promote a <profile>`."),
        (promotion.no_name("help"), "is none for a profile. Choose another name"),
        (promotion.unknown("x", (), None), "No set of criteria has closed two issues yet"),
        (promotion.unknown("x", ("a", "b"), None), "There is `a` and `b`."),
        (promotion.unknown("x", ("a",), "a"), "Did you mean `/resolution promote a`?"),
        (promotion.nothing_known((GONE,)), "does not ask `gone` today"),
        (promotion.by_hand(["infra:", "  criteria:"]), "```text\nprofiles:\n  infra:\n    criteria:\n```"),
        (promotion.faulty(2), "The policy has 2 faults"),
        (promotion.organisation_unread(), "could not read the organisation's policy"),
        (promotion.in_the_way("x @all"), "Nothing is proposed: x `@all`. Ask again"),
        (promotion.not_known("b", "no answer"), "is not known (no answer). Look at the branch `b`"),
    ],
)
def test_answers(said: str, words: str) -> None:
    """Each says what happened and what to do next."""
    assert words in said


def test_what_github_reads_as_a_command_holds_no_foreign_text() -> None:
    """Branch, commit and title are made of the profile's name alone."""
    words = (promotion.branch_of("infra"), promotion.headline("infra"), promotion.title("infra"))
    assert words == ("resolution-bot/profile-infra", "Policy: the profile infra", "Profile infra for the policy")
