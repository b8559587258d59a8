"""Which questions an issue raises, before anything is asked."""

from dataclasses import replace

import pytest

from bot.assessment.evidence import CriterionId, Sha
from bot.assessment.policy import Role
from bot.assessment.statements import Statement
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.commands.hearing import trusts
from bot.commands.measure import Asking, Declined, Prepared, prepare, rules_of
from bot.commands.standing import newest_seen
from bot.config.load import Broken, Loaded, built_in, load
from bot.github.models import Comment, NodeId, PolicyFile, Snapshot, Unknown
from tests.probes.world import NOW, Step, context, issue, repo

BUILT_IN = ["pulls", "ci", "tasks", "sub-issues", "blockers"]
AT = repo(Step("Start", {"a.py": "1"}))
FILE = ".github/resolution.yml"
POLICY = """\
version: 1
claims: {claims}
criteria:
  - {{id: there, file: a.py}}
profiles:
  p: {{criteria: [{{id: q, file: b.py}}]}}
"""


def snapshot(policy: str | None = None) -> Snapshot:
    file = None if policy is None else PolicyFile(path=FILE, oid="1", size_bytes=1, text=policy)
    return replace(context(AT).snapshot, policy_file=file)


def prepared(at: Snapshot, said: str = "", *, policy: Loaded | None = None, **flags: object) -> Prepared | Declined:
    trigger = Trigger(kind=TriggerKind.COMMAND, flags=Flags(**flags))  # type: ignore[arg-type]
    asking = Asking(id="1", trigger=trigger, role=Role.WRITE, key=b"k", now=NOW, policy=policy)
    return prepare(at, asking, (Statement(text=said, author="ann", url="u", where="w", at=NOW),))


def ids(found: Prepared | Declined) -> list[str]:
    assert isinstance(found, Prepared), found
    return [question.criterion.id for question in found.questions]


CLAIM = "Fixed in `85375b936`; it now works great, all mission-critical flows are verified."


@pytest.mark.parametrize(
    ("policy", "said", "flags", "expected"),
    [
        pytest.param(None, "", {}, BUILT_IN, id="built-in"),
        pytest.param(None, CLAIM, {}, [*BUILT_IN, "commit-85375b936"], id="with-claims"),
        pytest.param(POLICY.format(claims="off"), CLAIM, {}, ["there"], id="claims-off"),
        pytest.param(POLICY.format(claims="advise"), CLAIM, {}, ["there", "commit-85375b936"], id="claims-advise"),
        pytest.param(POLICY.format(claims="off"), "", {"profile": "p"}, ["q"], id="profile"),
        pytest.param(None, CLAIM, {"only": ("tasks", "ci")}, ["ci", "tasks"], id="only"),
        pytest.param(None, CLAIM, {"only": ("commit-85375b936",)}, ["commit-85375b936"], id="only-a-claim"),
    ],
)
def test_what_is_asked(policy: str | None, said: str, flags: dict[str, object], expected: list[str]) -> None:
    """The policy's questions, and the claims' beside them."""
    assert ids(prepared(snapshot(policy), said, **flags)) == expected


@pytest.mark.parametrize(
    ("policy", "flags", "text"),
    [
        pytest.param("version: 9\n", {}, f"{FILE}:1:10", id="broken"),
        pytest.param(None, {"profile": "p"}, "There is no profile `p`: the policy names none", id="no-profiles"),
        pytest.param(POLICY.format(claims="off"), {"profile": "x"}, "There is `p`", id="another-profile"),
        pytest.param(None, {"only": (CriterionId("cii"),)}, "`cii`, which I don't ask here", id="unknown-criterion"),
    ],
)
def test_what_is_declined(policy: str | None, flags: dict[str, object], text: str) -> None:
    """What cannot be asked is said with what can."""
    found = prepared(snapshot(policy), **flags)
    assert isinstance(found, Declined)
    assert text in found.text


def test_a_policy_from_elsewhere_goes_before_the_repositorys() -> None:
    """The command line tries a file that is nowhere committed."""
    assert ids(prepared(snapshot(POLICY.format(claims="off")), policy=built_in())) == BUILT_IN


def test_only_a_part_leaves_out_what_cannot_be_measured() -> None:
    """Nobody asked about it."""
    whole, part = prepared(snapshot(), CLAIM), prepared(snapshot(), CLAIM, only=("ci",))
    assert isinstance(whole, Prepared)
    assert isinstance(part, Prepared)
    assert (whole.slow, part.claimed.unmeasured) == (False, ())


SLOW = {
    "the whole tree": ("{code: {absent: old}}", True),
    "once": ("{http: https://api.example.com/}", False),
    "many times": ("{http: {url: https://api.example.com/, samples: 40}}", True),
    "until it is sure": ("{http: {url: https://api.example.com/, confirm: {}}}", True),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_takes_long_is_worth_a_progress_line(name: str) -> None:
    """Slow questions are known beforehand."""
    criterion, slow = SLOW[name]
    found = prepared(snapshot(f"version: 1\ncriteria:\n  - {criterion}\n"))
    assert isinstance(found, Prepared)
    assert found.slow is slow


@pytest.mark.parametrize(
    ("policy", "login", "expected"),
    [
        pytest.param("version: 1\ntrusted_bots: [renovate]\n", "renovate[bot]", True, id="by-slug"),
        pytest.param('version: 1\ntrusted_bots: ["Renovate[bot]"]\n', "renovate[bot]", True, id="by-login"),
        pytest.param("version: 1\ntrusted_bots: [renovate]\n", "other[bot]", False, id="another"),
        pytest.param("version: 1\n", "renovate[bot]", False, id="nobody"),
        pytest.param("version: 9\n", "renovate[bot]", False, id="broken"),
    ],
)
def test_which_bots_are_trusted(policy: str, login: str, *, expected: bool) -> None:
    """Named with or without `[bot]`, in any case; a broken policy trusts nobody."""
    assert trusts(load(policy, path=FILE, source=FILE), login) == expected


def test_where_a_policy_comes_from() -> None:
    """The source names the commit, so that a verdict can be traced to its rules."""
    loaded = rules_of(snapshot(POLICY.format(claims="off")))
    assert not isinstance(loaded, Broken)
    assert loaded.policy.source == f"{FILE}@{(AT.head or '')[:7]}"


def test_what_has_been_heard() -> None:
    """Whoever speaks after the newest comment that was read has not been heard."""
    said = Comment(
        node_id=NodeId("C"), id=5, url="", body="", created_at=NOW, author=None, by_us=False, is_minimized=False
    )
    some, none, lost = (
        replace(snapshot(), issue=issue(comments=one), fetched_at=NOW.replace(microsecond=7))
        for one in ((said, replace(said, id=4)), (), Unknown(reason="?"))
    )
    assert (newest_seen(some), newest_seen(lost)) == ((NOW, 5), (NOW, 0))
    assert newest_seen(none) == (issue().created_at, 0)


ABOVE = PolicyFile(
    path=FILE, oid="2", size_bytes=1, text="version: 1\nclaims: off\n", repository="acme/.github", commit=Sha("c" * 40)
)


def test_the_organisations_policy_has_its_source() -> None:
    """Whose file at which commit, below the repository's own."""
    alone = rules_of(replace(snapshot(), organisation_file=ABOVE))
    both = rules_of(replace(snapshot("version: 1\n"), organisation_file=ABOVE))
    assert isinstance(alone, Loaded)
    assert isinstance(both, Loaded)
    above = f"acme/.github: {FILE}@ccccccc"
    assert (alone.policy.source, both.policy.source.endswith(f" over {above}")) == (above, True)
    assert alone.policy.claims == both.policy.claims == "off"


def test_an_unread_organisations_policy_decides_nothing() -> None:
    """It may demand more than the repository's own, so it is not taken for absent; and no bot is trusted."""
    at = replace(snapshot("version: 1\n"), organisation_file=Unknown(reason="GitHub could not tell"))
    found = prepared(at, profile="nightly")
    assert isinstance(found, Declined)
    assert "I could not read the organisation's policy (GitHub could not tell)" in found.text
    assert "`/assess-resolution nightly`" in found.text
    assert not trusts(rules_of(at), "renovate")


def test_the_organisations_own_repository() -> None:
    """There the file is the repository's own: it may say what it hands on, and what acts holds."""
    text = "version: 1\nmode: act\ninherit: {acting: false}\n"
    at = snapshot(text)
    here = rules_of(replace(at, repository=replace(at.repository, name=".github")))
    assert isinstance(here, Loaded)
    assert (here.policy.mode, here.left_out) == ("act", ())
    assert isinstance(rules_of(at), Broken)
