"""The world as it would be once a pull request is merged."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import CriterionId, Outcome, Sha
from bot.assessment.policy import Role
from bot.assessment.preview import Keyword
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.waiver import Waived, Waiver, WaiverState
from bot.commands.as_merged import (
    Trial,
    alone,
    as_merged,
    before_merge,
    counting,
    keyword_of,
    looked,
    pull_as_merged,
    trial_of,
)
from bot.commands.foresee import ordered
from bot.commands.measure import Asking, Prepared, prepare, rules_of
from bot.commands.merge import Link
from bot.commands.unaskable import unaskable
from bot.config.load import Loaded, load
from bot.github.answers import PullView
from bot.github.models import Check, Checks, CheckState, CommitInfo, PolicyFile, Pull, PullState, Snapshot, Unknown
from bot.probes.fix import fix_of
from tests.probes.world import NOW, Step, context, issue, pull, repo

AT = repo(Step("Start", {"a.py": "1"}))
HEAD, MERGE, OLD = Sha("a" * 40), Sha("b" * 40), Sha("c" * 40)
FILE = ".github/resolution.yml"


def commit(oid: Sha, *parents: Sha) -> CommitInfo:
    return CommitInfo(oid=oid, message="m", committed_at=NOW, parents=parents)


def check(app: str) -> Check:
    return Check(name="unit", app=app, state=CheckState.SUCCESS, url=None, finished_at=NOW)


OPEN = pull(state=PullState.OPEN, is_draft=True, merged_at=None)
CHECKS = Checks(sha=HEAD, checks=(check("github-actions"), check("resolution")))


def view(of: Pull = OPEN, **changes: object) -> PullView:
    plain = PullView(pull=of, linked=(), default_branch="main", head_sha=HEAD, potential_merge=MERGE)
    return replace(plain, **changes)  # type: ignore[arg-type]


def before(*pulls: Pull, **changes: object) -> Snapshot:
    plain = replace(context(AT).snapshot, issue=issue(closing_pulls=pulls))
    return replace(plain, **changes)  # type: ignore[arg-type]


def trial(of: PullView | None = None, merge: CommitInfo | None = None) -> Trial:
    base = AT.head
    assert base is not None
    made = trial_of(of or view(), (merge or commit(MERGE, base, HEAD), commit(HEAD, OLD)), CHECKS, own="resolution")
    assert made is not None
    return made


def test_the_merge_that_github_tries() -> None:
    """It is the head, the newest commit, and what the pull request is merged as; before it is the branch's head."""
    after = as_merged(before(OPEN), trial(), closes=True, at=NOW)
    assert (after.head, after.history[0].oid, after.history[1].oid) == (MERGE, MERGE, AT.head)
    (merged,) = after.issue.closing_pulls  # type: ignore[misc]
    assert (merged.state, merged.is_draft, merged.merge_commit) == (PullState.MERGED, False, MERGE)
    assert (fix_of(after).commits, fix_of(after).before) == ((MERGE,), AT.head)


@pytest.mark.parametrize(
    "merge", [pytest.param(commit(MERGE, OLD, OLD), id="of-the-head-before"), pytest.param(None, id="none-yet")]
)
def test_without_a_merge_of_this_head(merge: CommitInfo | None) -> None:
    """The head stands for it, and the branch's head is still what was before."""
    made = trial_of(view(), (merge, commit(HEAD, OLD)), CHECKS, own="resolution")
    assert made is not None
    after = as_merged(before(OPEN), made, closes=True, at=NOW)
    assert (made.exact, after.head, fix_of(after).before) == (False, HEAD, AT.head)
    assert looked(before(), made).exact is False


def test_without_any_commit() -> None:
    """There is nothing to look at."""
    assert trial_of(view(), (None, None), CHECKS, own="resolution") is None


def test_the_checks_are_those_of_the_head() -> None:
    """Without our own reports, which say nothing of the fix."""
    assert as_merged(before(), trial(), closes=True, at=NOW).head_checks == replace(CHECKS, checks=CHECKS.checks[:1])
    unknown = trial_of(view(), (None, commit(HEAD)), Unknown(reason="no permission"), own="resolution")
    assert unknown is not None
    assert isinstance(unknown.checks, Unknown)


def test_another_branch_leaves_the_default_branch() -> None:
    """It counts as merged, to where it goes."""
    elsewhere = trial(view(replace(OPEN, base="release")))
    after = as_merged(before(OPEN), elsewhere, closes=False, at=NOW)
    assert (after.head, after.history) == (before().head, before().history)
    assert fix_of(after).commits == ()
    assert looked(before(), elsewhere).commit == AT.head


@pytest.mark.parametrize(
    ("known", "closes", "numbers"),
    [
        pytest.param((OPEN,), True, [12], id="listed"),
        pytest.param((), True, [12], id="by-a-commits-keyword"),
        pytest.param((), False, [], id="only-referred-to"),
        pytest.param((pull(9), OPEN), True, [9, 12], id="one-of-two"),
        pytest.param((pull(12, repository="acme/other"),), True, [12, 12], id="a-namesake-elsewhere"),
    ],
)
def test_the_closing_pull_requests(known: tuple[Pull, ...], closes: bool, numbers: list[int]) -> None:
    """GitHub's own list, with this one as merged where it will close the issue."""
    pulls = as_merged(before(*known), trial(), closes=closes, at=NOW).issue.closing_pulls
    assert not isinstance(pulls, Unknown)
    assert [one.number for one in pulls] == numbers


def test_what_github_does_not_tell_stays_untold() -> None:
    """An unknown list is no empty one."""
    about = replace(before(), issue=issue(closing_pulls=Unknown(reason="no permission")))
    assert isinstance(as_merged(about, trial(), closes=True, at=NOW).issue.closing_pulls, Unknown)


def prepared(text: str, *waivers: Waiver, pulls: tuple[Pull, ...] = (OPEN,)) -> Prepared:
    rules = load(text, path=FILE, source=FILE)
    assert isinstance(rules, Loaded)
    after = as_merged(before(*pulls), trial(), closes=True, at=NOW)
    trigger = Trigger(kind=TriggerKind.MERGE)
    asking = Asking(id="1", trigger=trigger, role=Role.NONE, key=b"k", now=NOW, policy=rules, waivers=waivers)
    made = prepare(after, asking, ())
    assert isinstance(made, Prepared)
    return made


POLICY = (
    "version: 1\nclaims: off\ncriteria:\n  - {id: there, file: a.py}\n  - {id: live, tcp: {host: a.io, port: 80}}\n"
)


def test_the_policy_stays_where_it_stands() -> None:
    """A fault of it is linked at the commit that was read, whatever the pull request makes of the file."""
    text = "version: 1\ncriteria:\n  - {id: odd, weight: 0, file: a}\n"
    file = PolicyFile(path=FILE, oid="1", size_bytes=1, text=text)
    now = before(OPEN, policy_file=file)
    after = as_merged(now, trial(), closes=True, at=NOW)
    rules = rules_of(now)
    assert isinstance(rules, Loaded)
    assert (after.head, rules_of(after)) == (MERGE, rules)
    (finding,) = unaskable(rules.faulty, after)
    assert finding.evidence.source.url == f"{now.url}/blob/{AT.head}/{FILE}#L3"
    assert finding.evidence.source.sha == AT.head


def waiver(**changes: object) -> Waiver:
    """mia's, of what can only be asked after the merge."""
    plain = prepared(POLICY)
    given = Waiver(
        criterion=CriterionId("live"),
        reason="r",
        by="mia",
        at=NOW,
        until=NOW + timedelta(days=1),
        policy=plain.policy.digest,
        asks=plain.fingerprints[CriterionId("live")],
        url="u",
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def test_what_is_asked_before_and_after() -> None:
    """What runs somewhere is told and not asked, waived or not."""
    for waivers in ((), (waiver(),)):
        asked, later = before_merge(prepared(POLICY, *waivers))
        assert ([one.criterion.id for one in asked.questions], [one.id for one in later]) == (["there"], ["live"])


@pytest.mark.parametrize(
    ("changes", "role", "counts"),
    [
        pytest.param({}, Role.MAINTAIN, True, id="counts"),
        pytest.param({"until": NOW}, Role.MAINTAIN, False, id="ended"),
        pytest.param({"policy": "another"}, Role.MAINTAIN, False, id="other-policy"),
        pytest.param({"asks": "another"}, Role.MAINTAIN, False, id="other-question"),
        pytest.param({"by": "Bob"}, Role.MAINTAIN, False, id="by-the-author"),
        pytest.param({}, Role.WRITE, False, id="no-longer-may"),
    ],
)
def test_waivers_of_what_comes_later(changes: dict[str, object], role: Role, counts: bool) -> None:
    """By the terms of now, as after the merge."""
    given = waiver(**changes)
    whole = replace(prepared(POLICY, given), roles={given.by.lower(): role})
    assert counting(whole, before_merge(whole)[1], ()) == ((given,) if counts else ())


@pytest.mark.parametrize(("state", "counts"), [(WaiverState.COUNTS, True), (WaiverState.NOT_NEEDED, False)])
def test_waivers_of_what_was_asked(state: WaiverState, counts: bool) -> None:
    """As they were applied."""
    applied = Waived(waiver=waiver(), state=state, measured=Outcome.FAIL)
    assert counting(prepared(POLICY), (), (applied,)) == ((waiver(),) if counts else ())


def test_alone() -> None:
    """Is this merge all of the fix?"""
    earlier = pull(9, merge_commit=AT.head)
    assert alone(prepared(POLICY), trial())
    assert not alone(prepared(POLICY, pulls=(earlier, OPEN)), trial())


@pytest.mark.parametrize(
    ("body", "messages", "expected"),
    [
        pytest.param("This FIXES #5.", (), Keyword(word="FIXES", place="the description"), id="description"),
        pytest.param("Refs #5", ("x\n\nCloses #5",), Keyword(word="Closes", place="a commit message"), id="commit"),
        pytest.param("Fixes #6, fixes other/lib#5", (), None, id="another-issue"),
        pytest.param("", (), None, id="by-hand"),
    ],
)
def test_keyword(body: str, messages: tuple[str, ...], expected: Keyword | None) -> None:
    """As it is written, and where."""
    of = replace(OPEN, body=body, commit_messages=messages)
    assert keyword_of(view(of), Link(number=5, closes=True)) == expected


def test_what_would_be_closed_comes_first() -> None:
    """Only so many are looked at."""
    links = (Link(number=1, closes=False), Link(number=2, closes=True), Link(number=3, closes=True))
    assert [link.number for link in ordered(links)] == [2, 3, 1]


def test_the_parents_of_a_merge_elsewhere() -> None:
    """Nothing is said of a base that is not the default branch."""
    made = trial_of(view(replace(OPEN, base="release")), (None, commit(HEAD, OLD)), CHECKS, own="resolution")
    assert made is not None
    assert pull_as_merged(before(), made, NOW).merge_parents == (HEAD,)
