"""What the snapshot says about the issue itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import Metrics
from bot.assessment.evidence import Sha
from bot.assessment.facts import Deployed
from bot.assessment.marker import Mark, MarkKind, Place, comment_marker
from bot.assessment.policy import Role
from bot.assessment.reopen_answers import objected, reopened
from bot.assessment.verdict import VerdictKind
from bot.assessment.withholding import Aside, OwnComment
from bot.commands.precedence import Beside
from bot.commands.standing import (
    MOST_PATHS,
    Known,
    closed_as,
    happened_to,
    labels_of,
    last_closing,
    metrics_of,
    own_marks,
    paths_of,
    standing_of,
    stands_down,
    state_of,
    with_closing,
)
from bot.commands.whereabouts import Whereabouts
from bot.github.models import (
    Actor,
    Comment,
    EventKind,
    IssueState,
    NodeId,
    PullFile,
    PullState,
    Snapshot,
    StateReason,
    TimelineEvent,
    Unknown,
)
from bot.probes.contract import Fix
from tests.assessment.samples import assess, finding
from tests.probes.world import NOW, Step, context, issue, pull, repo

KEY = b"a key of ours"
HERE = Place(repository_id=7, issue=1278)
LOST = Unknown(reason="?")
NOWHERE = Whereabouts(deployed=Deployed.NONE_EXIST)
NO_FIX = Fix(commits=(), before=None, paths=())


def snapshot(**changes: object) -> Snapshot:
    return context(about=issue(**changes)).snapshot


def ours(
    number: int, *, kind: MarkKind = MarkKind.ASSESSMENT, place: Place = HERE, text: str = "text", **changes: object
) -> Comment:
    mark = Mark(
        kind=kind, write=f"w{number}:comment", verdict=VerdictKind.PENDING if kind is MarkKind.ASSESSMENT else None
    )
    plain = Comment(
        node_id=NodeId(f"C_{number}"),
        id=number,
        url="",
        body=f"{text}\n\n{comment_marker(mark, key=KEY, place=place)}",
        created_at=NOW + timedelta(minutes=number),
        author=Actor(login="resolution", is_bot=True),
        by_us=True,
        is_minimized=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comment", "counts"),
    [
        pytest.param(ours(1), True, id="an-answer"),
        pytest.param(ours(1, kind=MarkKind.PROGRESS), True, id="progress"),
        pytest.param(ours(1, kind=MarkKind.REFUSAL), False, id="a-refusal"),
        pytest.param(ours(1, by_us=False), False, id="copied-by-somebody"),
        pytest.param(ours(1, is_minimized=True), False, id="outdated"),
        pytest.param(ours(1, place=Place(repository_id=7, issue=1)), False, id="of-another-issue"),
        pytest.param(ours(1, place=Place(repository_id=8, issue=1278)), False, id="of-another-repository"),
        pytest.param(ours(1, body="no mark"), False, id="without-a-mark"),
    ],
)
def test_which_comments_are_our_answers(comment: Comment, *, counts: bool) -> None:
    """Only GitHub's word that we wrote it, and a genuine mark for this very issue, make a comment ours."""
    assert bool(own_marks(snapshot(comments=(comment,)), key=KEY)) == counts


def test_newest_of_ours_stands_and_the_others_are_older() -> None:
    """The newest is edited or outdated, the rest is to be folded."""
    standing = standing_of(snapshot(comments=(ours(1), ours(2), ours(3))), role=Role.WRITE, key=KEY)
    assert standing.comment == OwnComment(node_id="C_3", verdict=VerdictKind.PENDING)
    assert (standing.older, standing.role, standing.open) == (("C_2", "C_1"), Role.WRITE, True)


def test_what_a_closing_outlives() -> None:
    """That the issue was opened again through us, and what follows from that; no other word of ours."""
    opened = reopened("carol", "@bob still fails", answer=None, close_role=Role.TRIAGE)
    texts = (opened, f"> {opened}", objected("carol", "", close_role=Role.TRIAGE), "⏹️ Ended by `@ann`: nothing.")
    replies = tuple(ours(number, kind=MarkKind.REFUSAL, text=text) for number, text in enumerate(texts, 1))
    standing = standing_of(snapshot(comments=(*replies, ours(5, text=opened))), role=Role.WRITE, key=KEY)
    assert standing.outlived == ("C_3", "C_1")


@pytest.mark.parametrize(
    ("beside", "aside"),
    [
        pytest.param(Beside(), None, id="nothing-waits"),
        pytest.param(Beside(others=frozenset({"C_1"})), Aside(comment="C_3"), id="an-earlier-look-is-written-on"),
        pytest.param(Beside(others=frozenset({"C_1", "C_3"})), Aside(comment="C_2"), id="but-for-one-that-waits"),
        pytest.param(Beside(others=frozenset({"C_2", "C_3"})), Aside(), id="a-new-one"),
        pytest.param(Beside(own="C_2"), Aside(comment="C_2"), id="its-own"),
        pytest.param(Beside(own="C_1", root="w1"), None, id="its-own-is-the-answer"),
        pytest.param(Beside(own="C_1", root="w1", others=frozenset({"C_2"})), None, id="also-where-a-look-waits"),
        pytest.param(Beside(own="C_1", root="w"), Aside(comment="C_3"), id="another-answer-stands-there"),
        pytest.param(Beside(own="C_0", root="w0"), Aside(comment="C_3"), id="another-answer-stands-below-it"),
    ],
)
def test_where_a_look_is_answered(beside: Beside, aside: Aside | None) -> None:
    """In a comment of its own where an answer waits for somebody else, and there to the end."""
    comments = (ours(1), ours(2, kind=MarkKind.LOOK), ours(3, kind=MarkKind.LOOK))
    standing = standing_of(snapshot(comments=comments), role=Role.READ, key=KEY, beside=beside)
    assert (standing.aside, standing.older) == (aside, ())


def test_what_could_not_be_read_is_not_known() -> None:
    """Unknown labels, history and comments are no empty ones."""
    standing = standing_of(snapshot(labels=LOST, history=LOST, comments=LOST), role=Role.NONE, key=KEY)
    assert (standing.labels, standing.history_known, standing.contradiction, standing.comment) == (
        None,
        False,
        None,
        None,
    )


def event(kind: EventKind, minute: int, login: str | None = "ann", *, bot: bool = False) -> TimelineEvent:
    actor = None if login is None else Actor(login=login, is_bot=bot)
    return TimelineEvent(kind=kind, at=NOW + timedelta(minutes=minute), actor=actor)


CLOSED, REOPENED = EventKind.CLOSED, EventKind.REOPENED


@pytest.mark.parametrize(
    ("reason", "word"),
    [(None, "completed"), (StateReason.COMPLETED, "completed"), (StateReason.NOT_PLANNED, "not_planned")],
)
def test_closed_as(reason: StateReason | None, word: str) -> None:
    """Issues closed before there were reasons count as completed."""
    assert closed_as(reason) == word


@pytest.mark.parametrize(
    ("timeline", "closer"),
    [
        pytest.param((event(CLOSED, 1, "ann"), event(CLOSED, 2, "bob")), "bob", id="the-last"),
        pytest.param((event(CLOSED, 1, None),), None, id="a-ghost"),
        pytest.param((), None, id="nobody"),
        pytest.param(LOST, None, id="unknown"),
    ],
)
def test_who_closed(timeline: tuple[TimelineEvent, ...] | Unknown, closer: str | None) -> None:
    """The document says how a closed issue was closed."""
    state = state_of(issue(state=IssueState.CLOSED, timeline=timeline))
    assert (state.open, state.closed_as, state.closed_by) == (False, "completed", closer)


def test_an_open_issue_has_no_closer() -> None:
    """Who closed it long ago says nothing about an open issue."""
    state = state_of(issue(timeline=(event(CLOSED, 1),)))
    assert (state.open, state.closed_as, state.closed_by) == (True, None, None)


@pytest.mark.parametrize(
    "pulls",
    [
        pytest.param((), id="none"),
        pytest.param((pull(state=PullState.OPEN),), id="open"),
        pytest.param((pull(repository="acme/other"),), id="elsewhere"),
    ],
)
def test_nothing_is_measured_without_a_merge_here(pulls: object) -> None:
    """Only what was merged into this repository is measured; the issue's own times are known all the same."""
    opened = issue().created_at
    assert metrics_of(snapshot(closing_pulls=pulls), NOWHERE, NO_FIX) == Metrics(opened_at=opened)


def test_pull_requests_that_cannot_be_read_are_not_none() -> None:
    """Then nobody has measured the fix, or of commits that were named at least those that were read."""
    unread = Metrics(opened_at=issue().created_at, pull_requests=None, commits=None, breaking=None, complete=False)
    assert metrics_of(snapshot(closing_pulls=LOST), NOWHERE, NO_FIX) == unread
    old = replace(NO_FIX, commits=(Sha("f" * 40),))
    assert metrics_of(snapshot(closing_pulls=LOST), NOWHERE, old) == unread
    assert metrics_of(snapshot(closing_pulls=()), NOWHERE, old) == replace(unread, pull_requests=())
    at = repo(Step("Start", {"a": "1"}), Step("fix!: one", {"a": "2"}))
    seen = context(at).snapshot
    lost = replace(seen, issue=replace(seen.issue, closing_pulls=LOST))
    read = metrics_of(lost, NOWHERE, replace(NO_FIX, commits=(at.branch[1],)))
    assert (read.pull_requests, read.commits, read.breaking, read.complete) == (None, 1, ("fix!: one",), False)


def test_labels_and_paths_for_the_document() -> None:
    """What could not be read is none; the files are of what was merged here, each once and by name, and bounded."""
    many = tuple(PullFile(path=f"b/{n:03}.py", additions=1, deletions=0, change="ADDED") for n in range(100))
    mine = PullFile(path="a.py", additions=1, deletions=0, change="ADDED")
    pulls = (pull(files=many), pull(13, files=(mine, mine)), pull(14, files=many, state=PullState.OPEN))
    assert (labels_of(issue(labels=("bug",))), labels_of(issue(labels=LOST))) == (("bug",), ())
    assert labels_of(issue(labels=("bug", "Done")), without=frozenset({"done"})) == ("bug",)
    paths = paths_of(snapshot(closing_pulls=pulls))
    assert (paths[:2], len(paths)) == (("a.py", "b/000.py"), MOST_PATHS)
    assert (paths_of(snapshot(closing_pulls=LOST)), paths_of(snapshot(closing_pulls=pulls[2:]))) == ((), ())


def test_metrics_add_up() -> None:
    """Sizes are summed, breaking changes shown each once, five at most; missing messages make it incomplete."""
    marks = ("feat!: one", "fix(api)!: two", "x\n\nBREAKING CHANGE: three", "a!: 4", "b!: 5", "c!: 6", "feat!: one")
    one = pull(9, additions=3, deletions=1, changed_files=2, commit_count=7, commit_messages=marks, first_commit_at=NOW)
    metrics = metrics_of(snapshot(closing_pulls=(pull(12, commit_count=2), one)), NOWHERE, NO_FIX)
    assert (metrics.pull_requests, metrics.commits, metrics.files) == ((9, 12), 9, 3)
    assert (metrics.additions, metrics.deletions, metrics.first_commit_at) == (3, 1, NOW)
    assert metrics.breaking == ("feat!: one", "fix(api)!: two", "BREAKING CHANGE: three", "a!: 4", "b!: 5")
    assert not metrics.complete


def test_the_first_commit_is_the_earliest_of_all_pull_requests() -> None:
    """And the merge is the last one."""
    early = pull(9, first_commit_at=NOW - timedelta(days=4), merged_at=NOW - timedelta(days=3))
    late = pull(12, first_commit_at=NOW - timedelta(days=2), merged_at=NOW - timedelta(days=1))
    metrics = metrics_of(snapshot(closing_pulls=(late, early)), NOWHERE, NO_FIX)
    assert (metrics.first_commit_at, metrics.merged_at) == (early.first_commit_at, late.merged_at)


def test_a_fix_without_a_pull_request_is_its_commits() -> None:
    """Of those that the newest history shows; how much they change nobody has measured."""
    at = repo(Step("Start", {"a": "1"}), Step("fix!: one", {"a": "2"}), Step("Two", {"a": "3"}))
    seen = context(at).snapshot
    fix = Fix(commits=(at.branch[2], at.branch[1]), before=at.branch[0], paths=())
    metrics = metrics_of(seen, NOWHERE, fix)
    made = [commit.committed_at for commit in seen.history if commit.oid in fix.commits]
    assert (metrics.commits, metrics.breaking, metrics.first_commit_at) == (2, ("fix!: one",), min(made))
    assert (metrics.files, metrics.additions, metrics.deletions, metrics.complete) == (None, None, None, True)
    older = replace(fix, commits=(*fix.commits, Sha("f" * 40)))
    assert not metrics_of(seen, NOWHERE, older).complete


def test_where_the_fix_runs_is_told_with_the_numbers_or_alone() -> None:
    """A fix without a pull request is deployed as well."""
    running = Whereabouts(deployed=Deployed.SEEN, environment="production", since=NOW, first=NOW - timedelta(hours=1))
    for pulls in ((), (pull(),)):
        metrics = metrics_of(snapshot(closing_pulls=pulls), running, NO_FIX)
        assert (metrics.environment, metrics.deployed_at, len(metrics.pull_requests)) == ("production", NOW, len(pulls))
        assert metrics.first_deployed_at == running.first


HELD = replace(event(EventKind.LABELED, 3), label="Hold")


@pytest.mark.parametrize(
    ("events", "us", "kind"),
    [
        pytest.param((event(REOPENED, 1),), "us[bot]", "reopened", id="a-person"),
        pytest.param((event(REOPENED, 1, "us", bot=True),), "us[bot]", "reopened-by-us", id="ourselves"),
        pytest.param((event(REOPENED, 1, "other", bot=True),), "us[bot]", None, id="another-bot"),
        pytest.param((event(REOPENED, 1, "other", bot=True),), None, "reopened-by-us", id="a-bot-without-a-name"),
        pytest.param((event(REOPENED, 1, login=None),), "us[bot]", "reopened", id="a-ghost"),
        pytest.param((HELD,), "us[bot]", "held", id="held"),
        pytest.param((replace(HELD, label="bug"),), "us[bot]", None, id="another-label"),
    ],
)
def test_who_contradicts(events: tuple[TimelineEvent, ...], us: str | None, kind: str | None) -> None:
    """Events become whose doing they were; a label counts where the policy says that it holds."""
    seen = snapshot(history=events)
    standing = standing_of(seen, role=Role.NONE, key=KEY, known=Known(us=us, hold=("hold",)))
    assert (standing.contradiction.kind.value if standing.contradiction else None) == kind


def test_a_command_settles() -> None:
    """Nothing contradicts that is older than the last command."""
    seen = snapshot(history=(event(REOPENED, 1),))
    known = Known(us="us[bot]", commanded=NOW + timedelta(minutes=1))
    assert standing_of(seen, role=Role.NONE, key=KEY, known=known).contradiction is None


@pytest.mark.parametrize(("minute", "expected"), [(1, False), (3, True)])
def test_our_newest_comment_was_objected_to(minute: int, *, expected: bool) -> None:
    """By a reopening since it was written, settled or not."""
    seen = snapshot(comments=(ours(1), ours(2)), history=(event(REOPENED, minute),))
    known = Known(us="us[bot]", commanded=NOW + timedelta(hours=1))
    standing = standing_of(seen, role=Role.NONE, key=KEY, known=known)
    assert standing.comment is not None
    assert standing.comment.objected is expected


@pytest.mark.parametrize(("state", "told"), [(IssueState.OPEN, False), (IssueState.CLOSED, True)])
def test_when_it_was_closed(state: IssueState, *, told: bool) -> None:
    """An open issue has no end, whatever was before it was reopened."""
    metrics = metrics_of(snapshot(state=state, closed_at=NOW), NOWHERE, NO_FIX)
    assert metrics.closed_at == (NOW if told else None)


def test_our_own_closing_is_told_as_it_was_read_back() -> None:
    """In a document that has metrics; older ones have none."""
    made = assess((finding(),), metrics=Metrics(opened_at=NOW))
    assert with_closing(made, NOW).metrics == Metrics(opened_at=NOW, closed_at=NOW)
    assert with_closing(assess((finding(),)), NOW).metrics is None


@pytest.mark.parametrize(("minute", "newer"), [(0, True), (2, False)], ids=["before-it", "after-it"])
def test_what_came_after_the_asking(minute: int, *, newer: bool) -> None:
    """Whoever asked before somebody reopened the issue had not seen that; whoever asks after it has."""
    seen = snapshot(history=(event(REOPENED, 1),))
    standing = standing_of(
        seen, role=Role.NONE, key=KEY, known=Known(us="us[bot]", asked=NOW + timedelta(minutes=minute))
    )
    assert (standing.newer is not None, standing.contradiction is not None) == (newer, True)


@pytest.mark.parametrize("part", [{"history": LOST}, {"history_complete": False}], ids=["unread", "too-long"])
def test_a_history_in_part_is_not_known(part: dict[str, object]) -> None:
    """What was before the events that were told may be a contradiction."""
    assert not standing_of(snapshot(**part), role=Role.NONE, key=KEY).history_known


@pytest.mark.parametrize(("state", "left"), [(IssueState.CLOSED, True), (IssueState.OPEN, False)])
def test_left_alone_for_good(state: IssueState, *, left: bool) -> None:
    """A closed issue that a person has closed again after us."""
    events = (event(REOPENED, 1, "us", bot=True), event(CLOSED, 2, "bob"))
    seen = issue(state=state, history=events)
    assert (stands_down(seen, Known(us="us[bot]")) is not None) == left
    assert stands_down(replace(seen, history=events[:1]), Known(us="us[bot]")) is None


def test_the_last_closing() -> None:
    """Whose it was."""
    events = happened_to(issue(history=(event(CLOSED, 1, "ann"), event(CLOSED, 3, "bob"), event(REOPENED, 4))), Known())
    last = last_closing(events)
    assert last is not None
    assert (last.by, last_closing(())) == ("bob", None)


@pytest.mark.parametrize(
    ("closing", "us", "ours"),
    [
        pytest.param(event(CLOSED, 3, "us", bot=True), "us[bot]", True, id="ourselves"),
        pytest.param(event(CLOSED, 3, "other", bot=True), "us[bot]", False, id="another-bot"),
        pytest.param(event(CLOSED, 3), "us[bot]", False, id="a-person"),
        pytest.param(replace(event(CLOSED, 3, "us", bot=True), subject=2), "us[bot]", False, id="a-merge"),
        pytest.param(event(CLOSED, 3, "us", bot=True), None, False, id="without-a-name"),
    ],
)
def test_whether_we_closed_it(closing: TimelineEvent, us: str | None, *, ours: bool) -> None:
    """The last closing counts, and only what is surely ours: `/reopen` undoes nothing else."""
    seen = snapshot(state=IssueState.CLOSED, history=(event(CLOSED, 1), event(REOPENED, 2), closing))
    assert standing_of(seen, role=Role.NONE, key=KEY, known=Known(us=us)).closed_by_us == ours
    opened = snapshot(state=IssueState.OPEN, history=(closing,))
    assert not standing_of(opened, role=Role.NONE, key=KEY, known=Known(us=us)).closed_by_us
