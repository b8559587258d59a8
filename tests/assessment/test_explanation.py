"""What would be asked, in words: golden where it is read as a whole, tables for the rest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import PolicyRef, ProfileRef
from bot.assessment.evidence import Origin, Outcome, Scope
from bot.assessment.explanation import Ask, Flaw, Last, Overview, Spot, criterion, gone, overview, unknown
from bot.assessment.policy import ClaimsMode, Mode
from bot.assessment.waiver import WaiverState
from tests.assessment import samples
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.samples import BUILT_IN_POLICY, HEAD, NOW, POLICY, REPOSITORY, finding
from tests.assessment.test_markdown import ATTACKS, LIVE, MARKDOWN
from tests.assessment.test_waiver import waiver

LINE = f"{REPOSITORY}/blob/{HEAD}/.github/resolution.yml#L7"
FLAW = Flaw(spot=Spot(text=".github/resolution.yml:7:3", url=LINE), text="unknown key 'absnt'", meant="absent")
WIDE = 60_000


def ask(name: str = "ci", **changes: object) -> Ask:
    plain = Ask(
        criterion=samples.criterion(name, title="CI is green"),
        question="Did the check succeed?",
        params=("name: unit",),
        whom="GitHub",
        where="`main` @ `d4e5f6a`",
        outcomes=((Outcome.PASS, "The newest result is success."), (Outcome.FAIL, "One failed.")),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def about(name: str, **changes: object) -> Ask:
    return ask(criterion=replace(samples.criterion(name), **changes))  # type: ignore[arg-type]


CLAIM = ask(
    criterion=samples.criterion("commit-85375b9", origin=Origin.CLAIM, quote="Fixed in `85375b9`."),
    stated=Spot(text="comment by ann", url=f"{REPOSITORY}/issues/12#issuecomment-9"),
)
FAULTY = ask("host", question="", params=(), outcomes=(), flaws=(FLAW,))
TOLD = Overview(
    policy=PolicyRef(digest=POLICY.digest, source=POLICY.source),
    source=Spot(text=".github/resolution.yml@d4e5f6a", url=LINE),
    rules=POLICY,
    at="`main` @ `d4e5f6a`",
    profile=ProfileRef(name="hotfix", because="label hotfix"),
    asks=(ask(), about("alarms", scope=Scope.OPERATIONAL, weight=2.0, category="General"), FAULTY),
    claims=(CLAIM, about("unsaid", origin=Origin.CLAIM, required=False, title="the host is gone")),
    remains=("comment by ann says that work remains: “except the docs”",),
)


def told(**changes: object) -> str:
    return overview(replace(TOLD, **changes), limit=WIDE)  # type: ignore[arg-type]


def test_overview() -> None:
    """The whole of it, as it is read."""
    assert same_as_file(told().encode(), FOLDER / "explain-overview.md")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param(
            {"policy": PolicyRef(digest="b1", source="built-in"), "rules": BUILT_IN_POLICY, "profile": None},
            "By the built-in policy (`b1`), which has no profiles",
            id="built-in",
        ),
        pytest.param({"profile": None, "profiles": ("a", "b")}, "in none of its profiles (`a` and `b`)", id="no-fit"),
        pytest.param({"asks": ()}, "No criterion of the policy would be asked.", id="nothing-asked"),
        pytest.param({"claims": ()}, "**Claims** · none was found", id="no-claims"),
        pytest.param({"rules": replace(POLICY, claims=ClaimsMode.OFF)}, "not looked for (`claims: off`)", id="off"),
        pytest.param({"rules": replace(POLICY, mode=Mode.ACT)}, "close what the evidence carries", id="acts"),
        pytest.param({"rules": replace(POLICY, on_merge=False)}, "a merge is not assessed", id="no-merges"),
        pytest.param({"asks": (about("a", origin=Origin.ISSUE),)}, "`a`, from the issue's text", id="added"),
        pytest.param({"notes": ("It was left out.",)}, "**Note** · It was left out.", id="left-out"),
    ],
)
def test_what_else_an_overview_says(changes: dict[str, object], words: str) -> None:
    """Which rules, which profile, what is not looked for, and what happens by itself."""
    assert words in told(**changes)


def test_ten_rows_stand_open() -> None:
    """The eleventh is folded."""
    text = told(asks=tuple(ask(f"c{number}") for number in range(12)))
    shown, _, folded = text.partition("<details><summary>2 more</summary>")
    assert ("`c9`" in shown, "`c10`" in shown, "`c10`" in folded) == (True, False, True)


@pytest.mark.parametrize("limit", [60_000, 20_000, 3_000, 900])
def test_sixty_long_criteria_fit(limit: int) -> None:
    """However much is asked, it stays within its share of a comment, and still says who closes."""
    long = [
        ask(f"c{number}", params=tuple(f"absent: {'x' * 250}" for _ in range(3)), question="why " * 60)
        for number in range(60)
    ]
    text = overview(replace(TOLD, asks=tuple(long), claims=tuple(long), remains=()), limit=limit)
    assert len(text) <= limit
    assert "**Who closes**" in text


LAST = Last(finding=finding("ci", Outcome.FAIL, observed="2 failed"), at=NOW - timedelta(hours=1), commit=HEAD)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Spot(text=".github/resolution.yml:7", url=LINE), f"**From** · [`.github/resolution.yml:7`]({LINE})"),
        (Spot(text="the built-in policy"), "**From** · the built-in policy"),
    ],
)
def test_where_a_criterion_comes_from(given: Spot, words: str) -> None:
    """Its own line, or that it is built in."""
    assert words in criterion(ask(given=given), None, looked=None, now=NOW).splitlines()


def test_criterion() -> None:
    """One criterion with its last answer, as it is read."""
    last = replace(LAST, evidence_url="https://resolution.example/a")
    text = criterion(CLAIM, last, looked=NOW, now=NOW)
    assert same_as_file(text.encode(), FOLDER / "explain-criterion.md")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        pytest.param(FAULTY, "🔧 **It cannot be asked as it is written:**\n\n- [`.github/", id="faulty"),
        pytest.param(FAULTY, "until then it cannot be asked", id="faulty-next"),
        pytest.param(about("a", scope=Scope.OPERATIONAL), "**Weighs** · operational", id="operational"),
        pytest.param(about("a", required=False, weight=3.0), "blocks nothing; weight 3 in", id="optional"),
        pytest.param(about("a", origin=Origin.ISSUE), "**Asked by** · the issue's text, for this", id="added"),
        pytest.param(ask(profile="docs"), "`/assess-resolution docs --only=ci`", id="another-profile"),
        pytest.param(
            ask(whom="", where=""), "**Asked** · `check`: Did the check succeed? `name: unit`\n**W", id="bare"
        ),
        pytest.param(ask(), "not asked by the last assessment, 15:00 UTC", id="not-asked-then"),
    ],
)
def test_what_else_is_said_of_a_criterion(asked: Ask, words: str) -> None:
    """Faults, weight, another profile; and that the last assessment did not ask it."""
    assert words in criterion(asked, None, looked=NOW, now=NOW)


def test_never_assessed() -> None:
    """Where nothing was ever asked, that is said."""
    assert "**Last time** · not asked yet" in criterion(ask(), None, looked=None, now=NOW)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (WaiverState.COUNTS, "**Waiver** · **waived** by `@mia` until"),
        (WaiverState.OTHER_POLICY, "**Waiver** · a waiver by `@mia` no longer counts"),
    ],
)
def test_a_waiver(state: WaiverState, words: str) -> None:
    """Whose it is, and whether it counts."""
    assert words in criterion(ask(), None, looked=None, now=NOW, waived=(waiver("ci"), state))


def test_not_asked_any_more() -> None:
    """What was asked once is still told, without a commit where none is known."""
    text = gone(replace(LAST, commit=None), now=NOW)
    assert "this would not be asked any more. **Last time** · ❌ fail: 2 failed (14:00 UTC)." in text


@pytest.mark.parametrize(
    ("nearest", "known", "words"),
    [
        ("ci", ("ci", "tasks"), "Did you mean `ci`? There is `ci`, `tasks`."),
        (None, tuple(f"c{n}" for n in range(32)), "`c29` and 2 more."),
        (None, (), "nor by any other"),
    ],
    ids=["near", "many", "none"],
)
def test_unknown(nearest: str | None, known: tuple[str, ...], words: str) -> None:
    """What was meant, and what there is."""
    assert words in unknown("cii", nearest=nearest, known=known)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_it_can_act(attack: str) -> None:
    """Titles, parameters, quotes and faults are other people's words: nothing of them comes alive."""
    evil = ask(
        criterion=samples.criterion("a", title=attack, category=attack, quote=attack, kind=attack),
        params=(attack,),
        question=attack,
        whom=attack,
        where=attack,
        stated=Spot(text=attack, url=attack),
    )
    flawed = replace(FAULTY, flaws=(Flaw(spot=Spot(text=attack, url=attack), text=attack, meant=attack),))
    texts = (
        told(asks=(evil, flawed), claims=(evil,), remains=(attack,), notes=(attack,), at=attack),
        *(criterion(one, LAST, looked=NOW, now=NOW) for one in (evil, flawed)),
        unknown(attack, nearest=attack, known=(attack,)),
    )
    for text in texts:
        leaves = [leaf for token in MARKDOWN.parse(text) for leaf in token.children or ()]
        assert not LIVE.search("".join(leaf.content if leaf.type == "text" else " " for leaf in leaves))
        assert {leaf.content for leaf in leaves if leaf.type == "html_inline"} <= {"<sub>", "</sub>"}
        assert not any(line.startswith("/") for line in text.splitlines())
