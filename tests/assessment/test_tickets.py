"""Follow-up tickets: what they say, how they are known, what becomes of them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.assessment import tickets
from bot.assessment.document import Done, Ending
from bot.assessment.evidence import Detail, Evidence, Finding, Outcome, Scope, Source
from bot.assessment.marker import Mark, MarkKind, Place, comment_marker
from bot.assessment.tickets import END, Deed, Handled, Standing
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.samples import NOW, assess, criterion, evidence, finding, operational, places, seen
from tests.assessment.test_markdown import ATTACKS, LIVE

KEY = b"k" * 32
HERE = Place(repository_id=5, issue=12)
URL = "https://resolution.example/assessments/a-7f3c?sig=0f1e"
FAILING = operational("alarm", Outcome.FAIL, details=places("ops/alarm.yml:3"), remedy="Switch the alarms on.")
FOLLOW_UPS = tuple(outcome for outcome in Outcome if outcome not in {Outcome.PASS, Outcome.SKIPPED, Outcome.WAIVED})
_HOSTILE = st.one_of(st.sampled_from(ATTACKS), st.just(f"x\n{END}\n#12 @bob"))


def section(one: Finding = FAILING, run: str = "a-7f3c", url: str | None = URL) -> str:
    """Our part of a ticket for one criterion."""
    made = assess((finding(), one), id=run)
    return tickets.section(made, one, evidence_url=url, marker=tickets.mark(made, one, key=KEY, place=HERE))


def titled(text: str, outcome: Outcome = Outcome.FAIL) -> Finding:
    """An operational criterion of this title."""
    return Finding(criterion=criterion("alarm", title=text, scope=Scope.OPERATIONAL), evidence=evidence(outcome))


def test_the_whole_part() -> None:
    """As a person reads it."""
    text = section().replace(tickets.mark(assess((FAILING,)), FAILING, key=KEY, place=HERE), "<!-- mark -->")
    assert same_as_file(f"{text}\n".encode(), FOLDER / "ticket.md")


def test_what_is_owed() -> None:
    """Ten of those that do not hold, those that hold, and how many are left over; no others."""
    failing = tuple(operational(f"f{number}", Outcome.FAIL) for number in range(12))
    others = (operational("w", Outcome.WAIVED), operational("s", Outcome.SKIPPED), finding("dev"))
    owed = tickets.owed(assess((*failing, operational("p", Outcome.PASS), *others)))
    assert (owed.failing, [one.criterion.id for one in owed.holding], owed.left) == (failing[:10], ["p"], 2)


@pytest.mark.parametrize(
    ("one", "files", "why"),
    [
        (operational("other", Outcome.FAIL), True, "the criterion alarm is not asked here any more"),
        (finding("alarm", Outcome.FAIL), True, "the criterion alarm is not operational any more"),
        (operational("alarm", Outcome.FAIL), False, "the policy files no tickets any more"),
        (operational("alarm", Outcome.FAIL), True, None),
        (operational("alarm", Outcome.WAIVED), False, None),
        (operational("alarm", Outcome.PASS), False, None),
    ],
    ids=["not-asked", "not-operational", "not-filed", "kept-current", "waived", "closed"],
)
def test_what_is_not_followed_has_its_reason(one: Finding, files: bool, why: str | None) -> None:
    """What is neither kept current nor closed is named, and nothing else."""
    expected = () if why is None else (("alarm", why),)
    assert tickets.unfollowed(assess((finding(), one)), {"alarm": 3}, files=files) == expected


def test_what_holds_has_its_ticket_closed() -> None:
    """Also a criterion that is required by now; what has no ticket has none to close."""
    made = assess((finding("ci"), finding("alarm"), operational("dns", Outcome.PASS), operational("x", Outcome.FAIL)))
    assert [one.criterion.id for one in tickets.holding(made, {"alarm": 3, "dns": 4, "x": 5})] == ["alarm", "dns"]


@pytest.mark.parametrize("outcome", FOLLOW_UPS)
def test_each_outcome_is_called_what_it_is(outcome: Outcome) -> None:
    """Only what fails does not hold; every follow-up has words of its own and says what to do."""
    one = titled("Alarms are on", outcome)
    said = (tickets.title(one).startswith("Does not hold: "), "does not hold." in section(one))
    assert said == (outcome is Outcome.FAIL,) * 2
    assert "**What to do** · see to it that" in section(one)


def test_a_title_is_plain_and_short() -> None:
    """One line, no hidden characters, no more than GitHub takes; the id where nothing is left."""
    assert tickets.title(titled("a\n\u202eb\x1b[31mc")) == "Does not hold: a \ufffdbc"
    assert len(tickets.title(titled("x" * 900, Outcome.MISCONFIGURED))) <= 256
    assert tickets.title(titled(" \n")) == "Does not hold: alarm"
    assert "**`alarm`** does not hold" in section(titled(" \n"))


@pytest.mark.parametrize(
    ("present", "title"),
    [
        ("Does not hold: Alarms are on", None),
        ("Could not be measured: Alarms are on", "Does not hold: Alarms are on"),
        ("Switch the alarms on", None),
    ],
    ids=["right", "outcome-changed", "a-person-chose"],
)
def test_a_title_that_a_person_chose_stays(present: str, title: str | None) -> None:
    """Ours follows the outcome."""
    assert tickets.new_title(present, titled("Alarms are on")) == title


@pytest.mark.parametrize("around", ["{}", "On it.\n\n{}\n\nSee the wiki.", "On it.\r\n\r\n{}\r\n\r\nSee the wiki."])
def test_only_our_part_is_replaced(around: str) -> None:
    """What stands above and below stays to the letter, with its line ends."""
    new = section(run="b-1")
    assert tickets.revised(around.format(section()), new, key=KEY, place=HERE) == around.format(new)


@pytest.mark.parametrize(
    "body",
    [
        "All mine.",
        section().replace(END, ""),
        section().replace("mac=", "mac=0"),
        section().replace("write=alarm", "write=other"),
        f"`{section().splitlines()[0]}`\n{END}",
    ],
    ids=["gone", "no-end", "no-mac", "changed", "quoted"],
)
def test_a_part_that_is_not_whole_is_left(body: str) -> None:
    """Nobody's words are taken for ours."""
    assert tickets.revised(body, section(), key=KEY, place=HERE) is None


def test_known_by_its_mark() -> None:
    """For this repository and issue alone; a mark of another kind is none."""
    body = f"On it.\r\n{section()}".replace("\n", "\r\n")
    other = comment_marker(Mark(kind=MarkKind.PREVIEW, write="alarm"), key=KEY, place=HERE)
    assert tickets.criterion_of(body, key=KEY, place=HERE) == "alarm"
    assert tickets.criterion_of(body, key=KEY, place=replace(HERE, issue=13)) is None
    assert tickets.criterion_of(body, key=b"other", place=HERE) is None
    assert tickets.criterion_of(f"{other}\n{body}", key=KEY, place=HERE) == "alarm"
    assert tickets.criterion_of(other, key=KEY, place=HERE) is None


@pytest.mark.parametrize(
    ("body", "repository", "parent"),
    [
        (section(), 5, 12),
        (f"Left over from #7: quoted.\r\n\r\n{section()}", 5, 12),
        (section().replace("#12", "#13"), 5, None),
        (section(), 6, None),
        ("Left over from #12: forged.", 5, None),
        ("A plain text.", 5, None),
    ],
    ids=["ours", "quoted-above", "another-issue", "another-repository", "forged", "none"],
)
def test_its_parent_is_proven_by_its_mark(body: str, repository: int, parent: int | None) -> None:
    """What stands there names it, and the mark has to be made for it."""
    assert tickets.parent_in(body, key=KEY, repository_id=repository) == parent


OURS = Standing(open=False, ours=True, closed_by="resolution")
THEIRS = Standing(open=False, closed_by="bob")
UNTOLD = Standing(open=False, history_known=False)


@pytest.mark.parametrize(
    ("now", "holds", "deed", "words"),
    [
        (None, False, Deed.FILE, None),
        (None, True, Deed.LEAVE, None),
        (Standing(open=True), False, Deed.UPDATE, None),
        (Standing(open=True), True, Deed.CLOSE, None),
        (Standing(open=True, reopened_by="bob"), True, Deed.LEAVE, "#3 is not closed though it holds now: bob"),
        (Standing(open=True, reopened_by="bob"), False, Deed.UPDATE, None),
        (Standing(open=True, history_known=False), True, Deed.LEAVE, "its history could not be read"),
        (OURS, False, Deed.REOPEN, None),
        (OURS, True, Deed.LEAVE, None),
        (THEIRS, False, Deed.UPDATE, "#3 is not reopened though it does not hold: bob closed it"),
        (THEIRS, True, Deed.LEAVE, None),
        (UNTOLD, False, Deed.UPDATE, "since a person may have closed it"),
        (Standing(open=False), False, Deed.UPDATE, "since a person may have closed it"),
    ],
)
def test_what_becomes_of_it(now: Standing | None, holds: bool, deed: Deed, words: str | None) -> None:
    """A person's closing and reopening wins, and is said; what we closed we reopen."""
    assert tickets.deed(now, holds=holds) is deed
    said = None if now is None else tickets.kept_apart(3, now, holds=holds)
    assert (said is None) == (words is None)
    assert (words or "") in (said or "")


def test_told_in_the_answer() -> None:
    """Together by what was done, and each trouble by itself."""
    deeds = (Deed.FILE, Deed.FILE, Deed.CLOSE, Deed.LEAVE)
    handled = tuple(Handled(deed=deed, number=number) for number, deed in enumerate(deeds, 3))
    done = tickets.told((*handled, Handled(deed=Deed.UPDATE, number=9, trouble=("#9 is stuck",))), left=1)
    assert [(one.ending, one.text) for one in done] == [
        (Ending.DONE, "2 tickets filed: #3 and #4"),
        (Ending.DONE, "1 ticket updated: #9"),
        (Ending.DONE, "1 ticket closed, since it holds now: #5"),
        (Ending.REFUSED, "#9 is stuck"),
        (Ending.REFUSED, "1 more follow-up not filed: 10 tickets at most in one assessment"),
    ]
    assert tickets.told((), left=0) == _NOTHING


_NOTHING: tuple[Done, ...] = ()


@pytest.mark.parametrize(
    ("place", "shown"),
    [("`main` @ `d4e5f6a`", "[`main` @ `d4e5f6a`]("), ("production", "at `d4e5f6a`, 2026-11-21 15:00 UTC")],
)
def test_where_it_was_seen(place: str, shown: str) -> None:
    """With its commit, said once."""
    text = section(operational("alarm", Outcome.FAIL, source=seen(place)))
    assert (shown in text, text.count("`d4e5f6a`")) == (True, 1)


@pytest.mark.parametrize("url", [URL, None])
def test_a_farewell(url: str | None) -> None:
    """What was measured, where and when; the evidence where it can be linked; nothing that closes by itself."""
    holding = operational("alarm", Outcome.PASS)
    said = tickets.farewell(assess((holding,)), holding, evidence_url=url, marker="<!-- mark -->")
    assert said.startswith("**Holds now** · alarm: success, as expected (success); seen [`main` @ `d4e5f6a`](")
    assert "2026-11-21 15:00 UTC" in said
    assert "Measured by the assessment of #12" in said
    assert (said.endswith("\n\n<!-- mark -->"), "[all evidence](" in said) == (True, url is not None)


def _hostile(title: str, text: str, place: str) -> Finding:
    seen = Source(url=text, place=place, sha=None, fetched_at=NOW)
    answer: Evidence = evidence(
        Outcome.FAIL, expected=text, observed=text, remedy=text, details=(Detail(text=text, url=text),), source=seen
    )
    return Finding(criterion=criterion("alarm", title=title, scope=Scope.OPERATIONAL), evidence=answer)


@settings(max_examples=60)
@given(_HOSTILE, _HOSTILE, _HOSTILE)
def test_nothing_hostile_acts(title: str, text: str, place: str) -> None:
    """Whatever was measured: nothing is called, linked or hidden, and our part ends where it ends."""
    one = _hostile(title, text, place)
    said = section(one, url=None)
    more = tickets.farewell(assess((one,)), one, evidence_url=None, marker="<!-- mark -->")
    for body, ours in ((said, 2), (more, 1)):
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
        shown = "\n".join(
            "".join(leaf.content if leaf.type == "text" else " " for leaf in token.children or ()) for token in tokens
        )
        assert not LIVE.search(shown.replace("#12", "", ours)), shown
        assert not any(line.startswith("/") for line in body.splitlines())
    assert [line for line in said.split("\n") if line.strip() == END] == [END]
    assert said.count("<!--") == 2
