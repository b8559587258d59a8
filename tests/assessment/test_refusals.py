"""Refusals: each says why and the next step, and nothing in it can act."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from markdown_it import MarkdownIt

from bot.assessment import refusals
from bot.assessment.policy import Role
from bot.assessment.refusals import Denial, Fault, Slip
from tests.assessment.samples import NOW

EVIL = "x` @ann fixes #1 <!-- | \n/close"


def _slip(text: str, at: int, length: int, **changes: str) -> str:
    return refusals.bad_syntax(
        Slip(line=text, at=at, length=length, text="I don't know the flag `--dryrun`", **changes)
    )


def test_caret_under_the_fault() -> None:
    """The caret stands under what is wrong, what was meant beside it, and a line to copy below."""
    given = "/assess-resolution --dryrun"
    text = _slip(given, 19, 8, hint="did you mean --dry-run?", corrected="/assess-resolution --dry-run")
    assert text.splitlines()[0] == "😕 I don't know the flag `--dryrun`:"
    assert f"\n{given}\n{' ' * 19}^^^^^^^^ did you mean --dry-run?\n" in text
    assert "To copy:\n\n```text\n/assess-resolution --dry-run\n```" in text


@pytest.mark.parametrize(
    ("given", "at", "length", "caret"),
    [
        ("/assess-resolution   --x --x", 21, 3, 19),
        ("/assess-resolution", 18, 0, 18),
        ("\t/assess-resolution --only", 20, 6, 19),
        ("/assess-resolution --x", 5, 0, 5),
    ],
    ids=["spaces", "at-the-end", "tab", "no-length"],
)
def test_caret_follows_the_cleaned_line(given: str, at: int, length: int, caret: int) -> None:
    """Where spaces were joined, the caret still points at the fault."""
    lines = _slip(given, at, length).splitlines()
    assert caret == lines[4].index("^")
    assert "`/assess-resolution help`" in lines[-1]


@pytest.mark.parametrize(
    ("held", "author", "words"),
    [
        (Role.READ, False, "closing needs **triage** here; you hold **read**. Somebody with **triage**"),
        (Role.NONE, False, "you hold none"),
        (Role.READ, True, "you can ask with `/assess-resolution --dry-run`."),
    ],
    ids=["stranger", "no-role", "author"],
)
def test_no_right(held: Role, author: bool, words: str) -> None:
    """The role needed, the role held, and what the person can do: only what exists."""
    text = refusals.no_right("carol", held=held, needed=Role.TRIAGE, is_author=author)
    assert text.startswith("👋 @carol, ")
    assert words in text


@pytest.mark.parametrize(("held", "words"), [(Role.READ, "you hold **read**"), (Role.NONE, "you hold none")])
def test_may_not_confirm(held: Role, words: str) -> None:
    """Who may, and what everybody can do."""
    text = refusals.may_not_confirm("eve", held=held, needed=Role.TRIAGE)
    assert text.startswith(f"👋 @eve, confirming is for the reporter and for **triage**; {words}.")
    assert "say so in plain words" in text


@pytest.mark.parametrize(
    ("held", "words"), [(Role.WRITE, "you hold **write**"), (Role.NONE, "you hold none")], ids=["a-role", "no-role"]
)
def test_denied(held: Role, words: str) -> None:
    """The command, the role needed, the role held, whom it is open to, and what is left to the person."""
    open_to = "maintain; never the author"
    denial = Denial(
        command="/resolution waive ci", held=held, needed=Role.MAINTAIN, open_to=open_to, instead="Look first."
    )
    text = refusals.denied("carol", denial)
    assert text.startswith(f"👋 @carol, `/resolution waive ci` needs **maintain** here; {words}.")
    assert text.endswith(" It is open to: maintain; never the author. Look first.")


def test_policy_faults() -> None:
    """Every fault with path, line, column and what was probably meant; many are counted."""
    fault = Fault(path=".github/resolution.yml", line=3, column=5, text="unknown key `modes`.", suggestion="mode")
    text = refusals.policy_broken((fault,) * 12, commit="d4e5f6a000")
    assert text.startswith("### 🔧 The policy has 12 faults: not closing\n")
    assert "- `.github/resolution.yml:3:5` unknown key `modes`. Did you mean `mode`?" in text
    assert "- and 2 more" in text
    assert "at `d4e5f6a`" in text
    bare = refusals.policy_broken((Fault(path="p", line=1, column=1, text="t"),))
    assert "### 🔧 The policy has 1 fault: not closing" in bare


def test_unreachable_says_when() -> None:
    """A known time is named, an unknown one is not invented."""
    soon = refusals.github_unreachable("the role", retry_at=NOW + timedelta(minutes=5), now=NOW)
    assert "Ask again after 15:05 UTC" in soon
    assert "in a few minutes" in refusals.github_unreachable("the role", retry_at=None, now=NOW)


def test_names_are_limited() -> None:
    """Long lists are cut and counted; nothing known is said so."""
    known = tuple(f"c{n}" for n in range(12))
    assert "`c9` and 2 more" in refusals.unknown_criteria(("x",), known)
    assert "Nothing is asked here by name." in refusals.unknown_criteria(("x",), ())
    assert "the policy names none here" in refusals.unknown_profile("x", ())
    assert "There is `a` and `b`" in refusals.unknown_profile("x", ("a", "b"))


def test_only_what_exists_is_advertised() -> None:
    """A command that is not there yet names those that are."""
    text = refusals.not_there_yet("/reopen", frozenset({"assess-resolution", "help", "resolution status"}))
    assert "What there is: `/assess-resolution` and `/resolution status`;" in text


@pytest.mark.parametrize(("held", "words"), [(Role.READ, "you hold **read**"), (Role.NONE, "you hold none")])
def test_no_own_criteria(held: Role, words: str) -> None:
    """The role needed and held, and the command that is open."""
    text = refusals.no_own_criteria("eve", held=held, needed=Role.TRIAGE, instead="/assess-resolution --dry-run")
    assert text.startswith(f"👋 @eve, criteria of your own below a command need **triage** here; {words}.")
    assert "`/assess-resolution --dry-run` measures what the policy asks" in text


def test_faults_of_a_block() -> None:
    """Every fault with its place in the block and in the comment, fifty at most."""
    fault = Fault(path="the block", line=2, column=5, text="unknown key 'fil'", suggestion="file")
    text = refusals.block_broken((fault,) * 52, lines=(7,) * 52)
    assert text.startswith("### 🔧 The criteria below your command have 52 faults: nothing was run")
    assert "- line 2, column 5 of the block (line 7 of your comment): unknown key 'fil'. Did you mean `file`?" in text
    assert text.count("- line 2") == 50
    assert "- and 2 more" in text


REFUSALS: dict[str, Callable[[], str]] = {
    "nothing-to-wait-for": refusals.nothing_to_wait_for,
    "waits-already": lambda: refusals.waits_already(EVIL),
    "ticket": lambda: refusals.ticket_of(7),
    "no-own-outside": lambda: refusals.no_own_outside(
        EVIL, held=Role.TRIAGE, needed=Role.WRITE, named=(EVIL,), instead=EVIL
    ),
    "denied": lambda: refusals.denied(
        EVIL, Denial(command=EVIL, held=Role.READ, needed=Role.TRIAGE, open_to=EVIL, instead="Ask them.")
    ),
    "no-right": lambda: refusals.no_right(EVIL, held=Role.READ, needed=Role.TRIAGE, is_author=True),
    "rights-unknown": refusals.rights_unknown,
    "bad-syntax": lambda: refusals.bad_syntax(Slip(line=EVIL, at=2, length=5, text=EVIL, hint=EVIL, corrected=EVIL)),
    "not-there-yet": lambda: refusals.not_there_yet(EVIL),
    "too-many": lambda: refusals.too_many(5, 3),
    "unknown-profile": lambda: refusals.unknown_profile(EVIL, (EVIL,)),
    "unknown-criteria": lambda: refusals.unknown_criteria((EVIL,), (EVIL,)),
    "only-on-issues": refusals.only_on_issues,
    "locked": refusals.locked,
    "archived": refusals.archived,
    "empty": refusals.empty_repository,
    "moved": lambda: refusals.moved("https://github.com/o/r/issues/3"),
    "policy-broken": lambda: refusals.policy_broken((Fault(path=EVIL, line=1, column=1, text=EVIL, suggestion=EVIL),)),
    "organisation": lambda: refusals.organisation_unread(EVIL),
    "no-criteria-on-pulls": refusals.no_criteria_on_pulls,
    "block-broken": lambda: refusals.block_broken(
        (Fault(path=EVIL, line=1, column=1, text=EVIL, suggestion=EVIL),), lines=(3,)
    ),
    "no-own-criteria": lambda: refusals.no_own_criteria(EVIL, held=Role.READ, needed=Role.TRIAGE, instead=EVIL),
    "unreachable": lambda: refusals.github_unreachable(EVIL, retry_at=None, now=NOW),
    "waited-in-vain": lambda: refusals.waited_in_vain(EVIL, since=NOW, now=NOW),
    "permission": lambda: refusals.permission_missing("checks: read", purpose=EVIL),
    "broke": lambda: refusals.broke(EVIL),
    "note-broke-off": lambda: refusals.note_broke_off(EVIL),
    "broke-off": lambda: refusals.broke_off(EVIL),
}


@pytest.mark.parametrize("make", REFUSALS.values(), ids=REFUSALS)
def test_nothing_acts_and_a_next_step_is_named(make: Callable[[], str]) -> None:
    """Hostile text stays dead in every refusal, no line starts a command, and one reads what to do."""
    text = make()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    leaves = [leaf for token in tokens for leaf in token.children or ()]
    shown = "".join(leaf.content for leaf in leaves if leaf.type == "text")
    assert "@ann" not in shown
    assert "#1" not in shown
    assert not {"html_block", "html_inline", "image"} & {token.type for token in (*tokens, *leaves)}
    outside = [line for line in text.splitlines() if line.startswith("/")]
    assert not outside or "```" in text
    assert any(word in text for word in ("sk ", "sk again", "`/", "/assess-resolution", "Send them"))


@pytest.mark.parametrize(
    "text",
    [
        refusals.unknown_criteria(("x",), ("flap",), again="/assess-resolution one"),
        refusals.unknown_criteria(("x",), (), again="/assess-resolution one"),
        refusals.policy_broken((), again="/assess-resolution one"),
        refusals.block_broken((), lines=(), again="/assess-resolution one"),
        refusals.rights_unknown("/assess-resolution one"),
        refusals.no_right("x", held=Role.READ, needed=Role.TRIAGE, is_author=False, again="/assess-resolution one"),
        refusals.no_right("x", held=Role.READ, needed=Role.TRIAGE, is_author=True, again="/assess-resolution one"),
        refusals.github_unreachable("x", retry_at=None, now=NOW, again="/assess-resolution one"),
        refusals.organisation_unread("x", again="/assess-resolution one"),
        refusals.waited_in_vain("x", since=NOW, now=NOW, again="/assess-resolution one"),
    ],
    ids=[
        "only",
        "only-nothing",
        "policy",
        "block",
        "rights",
        "stranger",
        "author",
        "unreachable",
        "organisation",
        "vain",
    ],
)
def test_the_next_step_keeps_the_profile(text: str) -> None:
    """Asking again asks in the same profile."""
    assert "`/assess-resolution one" in text


def test_a_ticket_leads_to_its_issue() -> None:
    """Where it is measured, and when it is closed."""
    text = refusals.ticket_of(12)
    assert "comment `/assess-resolution` on #12. I close this one when it is measured as holding." in text
