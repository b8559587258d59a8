"""The words round a pattern that becomes a profile."""

from dataclasses import replace

import pytest

from bot.assessment import promotion
from bot.assessment.evidence import Criterion, CriterionId, Scope
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
TODAY = (
    Criterion(id=CriterionId("security"), title=HOSTILE, category="", kind="file"),
    Criterion(id=CriterionId("docs"), title="Docs", category="", kind="file", required=False),
    Criterion(id=CriterionId("alarm"), title="Alarms", category="", kind="metric", scope=Scope.OPERATIONAL),
)
WHAT = Proposed(profile="infra", pattern=PATTERN, more=(ASKED,), today=TODAY, label="`in` | @all", left_out=(GONE,))


def test_body() -> None:
    """The whole of it: foreign text does nothing, and no issue is referred to."""
    text = body(WHAT, by="bob", asked_in=f"{REPOSITORY}/issues/5#issuecomment-9")
    assert same_as_file(f"{text}\n".encode(), FOLDER / "promotion.md")


def test_body_of_less() -> None:
    """Without a label it is asked by name; where nothing is left out nothing is to do."""
    few = replace(PATTERN, label=None, issues=PATTERN.issues[:2])
    text = body(replace(WHAT, pattern=few, label=None, left_out=()), by="bob", asked_in="")
    assert "It is asked by name alone: `/assess-resolution infra`" in text
    assert "[`#14`](" in text
    assert not any(word in text for word in ("To do", "more were", "label `"))


def test_where_others_come_first() -> None:
    """There is a label, and it is not chosen by it; what only some are asked is told as that."""
    some = replace(WHAT, label=None, profiles=("hotfix",), of_some=frozenset({"docs"}))
    text = body(some, by="bob", asked_in="")
    assert "it is not to come before one of them" in text
    assert "Today they are asked the policy's own criteria or the profile `hotfix`." in text
    assert "| `docs` | Docs | `file` | optional, of some | optional |" in text


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
        (promotion.proposed(promotion.compared(WHAT), 7, REPOSITORY), "| not asked | **required** |"),
        (promotion.excepted("a+b", (7,)), "and `#7` was closed with a waiver, or before I kept whether there was one"),
        (promotion.excepted("a+b", (7, 3)), "`#7` and `#3` were closed with a waiver"),
        (promotion.nothing_more(WHAT), "does not ask `gone` today, or asks another of this name. A profile"),
        (promotion.nothing_more(replace(WHAT, left_out=())), "asks nothing beyond. A profile would only make room"),
        (promotion.there_already("infra", None), "asks all of this already, and what such issues are asked today"),
        (promotion.there_already("infra", 'a"b'), 'make it the last profile and give it `when: {labels: ["a\\"b"]}`.'),
        (promotion.two_ways(("a",)), "are asked `a` in two ways today"),
        (promotion.not_to_copy(("a",)), "are asked `a` by the organisation's policy, which I do not copy"),
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
