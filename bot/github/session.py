"""All that the bot may do at GitHub in one repository. Every method raises `bot.github.errors.GitHubError` only."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from bot.assessment.evidence import Sha
from bot.assessment.policy import Role
from bot.github import (
    branches,
    check_runs,
    closures,
    commits,
    dispatches,
    filed,
    neighbours,
    own,
    people,
    policies,
    proposals,
    pulls,
    said,
    snapshots,
    writes,
)
from bot.github.answers import AppIdentity, IssueNow, PolicyFiles, Posted, PullView, Reaction, StateAnswer
from bot.github.batches import Batch
from bot.github.branches import BranchView, LastChange
from bot.github.closures import Closures
from bot.github.commits import NewCommit
from bot.github.errors import GitHubError
from bot.github.filed import FiledIssue, FiledIssues, NewIssue
from bot.github.models import Comment, Issue, NodeId, PolicyFile, Pull, PullFile, RepositoryRef, Said, Snapshot, Vote
from bot.github.neighbours import Neighbour
from bot.github.organisation import Ask
from bot.github.proposals import NewProposal, Proposal
from bot.github.reader import BatchedReader
from bot.github.reports import CheckReport, StandingCheck
from bot.github.scopes import Scopes
from bot.github.votes import votes

POLICY_PATH = ".github/resolution.yml"


class Session:
    """Reads and writes of one repository with one installation's (or one person's) token.

    `scopes` are the same repository with tokens of several strengths; `above` asks for an organisation's private
    policy.
    """

    def __init__(
        self,
        scopes: Scopes,
        identity: Callable[[], Awaitable[AppIdentity]],
        above: Ask,
    ) -> None:
        self._scope = scopes.everyday
        self._starting = scopes.starting
        self._reporting = scopes.reporting
        self._writing = scopes.writing
        self._identity = identity
        self._above = above

    @property
    def repository(self) -> RepositoryRef:
        """The repository as it was named when the session began."""
        return self._scope.repository

    async def low_until(self, share: float) -> datetime | None:
        """Until when less than this share of the installation's hourly requests is left; no request.

        None where there is more, or no answer has told yet.
        """
        return await self._scope.line.low_until(share)

    async def snapshot(self, number: int, policy_path: str = POLICY_PATH) -> Snapshot:
        """The issue and its repository at one moment: one request.

        Raises `IsPull`, `NotFound`, `Gone` (deleted, issues switched off), `Moved` (transferred).
        """
        return await snapshots.snapshot(self._scope, number, policy_path, self._above)

    async def acknowledge_and_snapshot(
        self, comment_node_id: NodeId, number: int, policy_path: str = POLICY_PATH
    ) -> Snapshot:
        """👀 on the comment and the snapshot in one request; raises as `snapshot` does, for the snapshot alone."""
        return await snapshots.acknowledge(self._scope, comment_node_id, number, policy_path, self._above)

    def reader(self, snapshot: Snapshot, pulls: tuple[Pull, ...] = ()) -> BatchedReader:
        """What the probes of one assessment read with. `pulls` are told as they are given, whatever GitHub has."""
        return BatchedReader(self._scope, snapshot, pulls)

    async def closures(self, since: datetime | None, most: int) -> Closures:
        """The newest `most` issues that were closed as completed since a moment, those closed otherwise beside them."""
        return await closures.closures(self._scope, since, most)

    async def issues(self, numbers: Sequence[int]) -> Mapping[int, Issue | GitHubError]:
        """Several whole issues in one request: `bot.github.closures.AT_ONCE` at most."""
        return await closures.issues(self._scope, numbers)

    async def role(self, login: str) -> Role:
        """What an account may do here; `Role.NONE` where it is no collaborator."""
        return await people.role(self._scope, login)

    async def policies(self, policy_path: str = POLICY_PATH) -> PolicyFiles:
        """The policy files that hold here, without an issue: one small request."""
        return await policies.policy_files(self._scope, policy_path, self._above)

    async def pull_view(self, number: int) -> PullView:
        """A pull request with its ends, and the issues that it closes by GitHub's own account."""
        return await pulls.pull_view(self._scope, number)

    async def touched_files(self, number: int) -> tuple[PullFile, ...]:
        """The files that a pull request changes, the first 3,000."""
        return await pulls.touched_files(self._scope, number)

    async def file_at(self, rev: str, path: str) -> PolicyFile | None:
        """The file at a path of a revision; None where no file is."""
        return await pulls.file_at(self._scope, rev, path)

    async def check_create(self, report: CheckReport) -> StandingCheck:
        """A new check run. Not repeatable: look for its external id first."""
        return await check_runs.create_check(self._reporting, report)

    async def check_update(self, check: int, report: CheckReport, sent: int) -> StandingCheck:
        """Our check run with another report, of whose annotations `sent` arrived already."""
        return await check_runs.update_check(self._reporting, check, report, sent)

    async def check_find(self, report: CheckReport) -> StandingCheck | None:
        """Our check run with the report's external id at its commit."""
        return await check_runs.find_check(self._reporting, await self._identity(), report)

    async def issue_now(self, number: int) -> IssueNow:
        """The issue, read again. Raises as `snapshot` does."""
        return await writes.issue_now(self._scope, number)

    async def list_own_comments_since(self, number: int, since: datetime) -> tuple[Comment, ...]:
        """Our own comments of the issue that were written or changed since then, from all pages."""
        return await own.own_comments(self._scope, await self._identity(), number, since)

    async def said_since(self, number: int, since: datetime) -> tuple[Said, ...]:
        """Everybody's comments under the issue that were written or changed since then, from all pages."""
        return await said.said_since(self._scope, number, since)

    async def votes(self, comment: NodeId) -> tuple[Vote, ...]:
        """The 👍 and 👎 of people on a comment, oldest first, the newest hundred of each."""
        return await Batch(self._scope.line, self._scope.repository).ask(votes(comment))

    async def comment_exists(self, comment_id: int) -> bool:
        """Does the comment (by its number) stand?"""
        return await own.comment_exists(self._scope, comment_id)

    async def react(self, comment_node_id: NodeId, content: Reaction) -> None:
        """React to a comment; twice is once."""
        await writes.react(self._scope, comment_node_id, content)

    async def finish(self, comment_node_id: NodeId, content: Reaction, issue_number: int) -> IssueNow:
        """React to a comment, and read its issue in the same request."""
        now = await writes.finish(self._scope, comment_node_id, content)
        return now if now is not None else await self.issue_now(issue_number)

    async def comment_create(self, issue_node_id: NodeId, body: str) -> Posted:
        """A new comment under an issue or pull request. Not repeatable: look for its marker first."""
        return await writes.create_comment(self._scope, issue_node_id, body)

    async def comment_update(self, comment_node_id: NodeId, body: str) -> Posted:
        """Our comment with another text; `NotFound` where it was deleted."""
        return await writes.update_comment(self._scope, comment_node_id, body)

    async def minimize(self, comment_node_id: NodeId) -> None:
        """Fold a comment as outdated."""
        await writes.minimize(self._scope, comment_node_id)

    async def close_issue(self, number: int, labels: tuple[str, ...] | None) -> StateAnswer:
        """Close as completed; `labels`, if given, become the whole set. Read the answer: some may be dropped."""
        return await writes.close_issue(self._scope, number, labels)

    async def reopen_issue(self, number: int, labels: tuple[str, ...] | None) -> StateAnswer:
        """Open again; `labels`, if given, become the whole set. Read the answer: some may be dropped."""
        return await writes.reopen_issue(self._scope, number, labels)

    async def set_labels(self, number: int, labels: tuple[str, ...]) -> tuple[str, ...]:
        """Make these the issue's labels; answers with those that it has then."""
        return await writes.set_labels(self._scope, number, labels)

    async def add_label(self, number: int, label: str) -> tuple[str, ...]:
        """Add a label; answers with all that the issue has then."""
        return await writes.add_label(self._scope, number, label)

    async def remove_label(self, number: int, label: str) -> None:
        """Take a label off; that it is not there is a success."""
        await writes.remove_label(self._scope, number, label)

    async def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int | None:
        """Start a workflow file on a branch; the run's id, or None where GitHub does not tell. Not repeatable."""
        return await dispatches.dispatch(self._starting, workflow, ref, inputs)

    async def login(self) -> str:
        """Our own login in REST: `resolution[bot]`."""
        return (await self._identity()).login

    async def dispatched_since(self, workflow: str, since: datetime) -> tuple[int, datetime] | None:
        """The first run of a workflow that we started since then, and when."""
        return await dispatches.dispatched_since(self._scope, await self._identity(), workflow, since)

    async def create_label(self, name: str, color: str = "ededed", description: str = "") -> None:
        """Create a label in the repository; that it exists is a success."""
        await writes.create_label(self._scope, name, color, description)

    async def file_issue(self, new: NewIssue) -> FiledIssue:
        """A new issue of ours. Not repeatable: look for its mark first."""
        return await filed.create_issue(self._scope, new)

    async def edit_issue(self, number: int, changes: Mapping[str, str]) -> FiledIssue:
        """An issue with another title, body or state."""
        return await filed.edit_issue(self._scope, number, changes)

    async def add_assignees(self, number: int, logins: tuple[str, ...]) -> FiledIssue:
        """Put people on an issue; those who cannot be assigned are missing in what is answered."""
        return await filed.add_assignees(self._scope, number, logins)

    async def filed_issue(self, number: int) -> FiledIssue | None:
        """An issue that this app wrote; None where it is somebody else's."""
        return await filed.filed_issue(self._scope, await self._identity(), number)

    async def filed_issues(self, above: int, since: datetime | None = None) -> FiledIssues:
        """The issues that this app wrote, with numbers above the given one; `since`: changed since then."""
        return await filed.filed_issues(self._scope, await self._identity(), above, since)

    async def neighbour(self, number: int) -> Neighbour:
        """Another issue of this repository, as far as one must know it to comment there. Raises as `snapshot` does."""
        return await neighbours.neighbour(self._scope, await self._identity(), number)

    async def add_sub_issue(self, parent: int, child: int) -> None:
        """Put an issue (by database id) below another (by number)."""
        await filed.add_sub_issue(self._scope, parent, child)

    async def parent_of(self, number: int) -> int | None:
        """The number of the issue above; None where there is none."""
        return await filed.parent_of(self._scope, number)

    async def may_not_write(self, *permissions: str) -> tuple[str, ...]:
        """Which of these permissions (`contents`, `pull_requests`) are not granted to write with."""
        return await self._writing.lacks(*permissions)

    async def branch_view(self, branch: str | None, paths: Sequence[str]) -> BranchView:
        """A branch (None: the default one), and what stands at these paths of it."""
        return await branches.branch_view(self._scope, branch, paths)

    async def last_changes(self, head: Sha, paths: Sequence[str]) -> tuple[LastChange, ...]:
        """Who changed these paths last, up to a commit."""
        return await branches.last_changes(self._scope, await self._identity(), head, paths)

    async def others_ahead(self, base: str, branch: str) -> tuple[str, ...]:
        """Who besides us has commits on a branch that its base has not."""
        return await branches.others_ahead(self._scope, await self._identity(), base, branch)

    async def create_branch(self, branch: str, at: Sha) -> None:
        """A new branch at a commit; that there is one of this name is a success."""
        await commits.create_branch(self._writing, branch, at)

    async def commit_files(self, new: NewCommit) -> Sha:
        """Whole files as one commit; raises `Stale` where the branch has moved on."""
        return await commits.commit_files(self._writing, new)

    async def proposals_from(self, branch: str) -> tuple[Proposal, ...]:
        """The pull requests from a branch of this repository, newest first, whatever their state."""
        return await proposals.proposals_from(self._scope, await self._identity(), branch)

    async def open_proposal(self, new: NewProposal) -> Proposal:
        """A new pull request of ours. Not repeatable: look for one from its branch first."""
        return await proposals.open_proposal(self._writing, await self._identity(), new)

    async def edit_proposal(self, number: int, changes: Mapping[str, str]) -> Proposal:
        """A pull request with another title, body or base."""
        return await proposals.edit_proposal(self._writing, await self._identity(), number, changes)
