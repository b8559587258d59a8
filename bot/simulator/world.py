"""The simulated world: the one place that holds all state, and how to find things in it."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.simulator.accounts import Account, AccountKind
from bot.simulator.clock import Clock
from bot.simulator.deliveries import Delivery, Emission
from bot.simulator.entities import Comment, Issue, Label, Repository
from bot.simulator.ids import Ids
from bot.simulator.limits import Limits

Later = Callable[[float, Callable[[], Awaitable[None]]], None]

FIRST_INSTALLATION = 51_000_001
GRANTED = {
    "actions": "write",
    "checks": "write",
    "contents": "write",
    "deployments": "read",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
}
EVENTS = (
    "check_run",
    "check_suite",
    "deployment_status",
    "issue_comment",
    "issues",
    "pull_request",
    "push",
    "status",
    "workflow_run",
)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class App:
    """The GitHub App that is simulated: its identity, its key, where its webhooks go."""

    id: int
    slug: str
    account: Account
    public_key: bytes
    private_key: str | None = None
    webhook_url: str | None = None
    webhook_secret: str = "simulated-secret"
    permissions: dict[str, str] = field(default_factory=lambda: dict(GRANTED))
    events: tuple[str, ...] = EVENTS

    @property
    def client_id(self) -> str:
        """The client id, which may stand as issuer of a JWT too."""
        return f"Iv23li{self.id:014d}"


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Installation:
    """The app's installation in one account."""

    id: int
    account: Account
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An installation token: which repositories (ids) and permissions it opens, and until when."""

    value: str
    installation: int
    repositories: frozenset[int]
    selected: bool
    permissions: dict[str, str]
    expires_at: datetime


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class World:
    """All that the simulated GitHub knows."""

    app: App
    ids: Ids
    folder: Path
    url: str = "https://api.github.com"
    clock: Callable[[], datetime] = field(default_factory=Clock)
    accounts: dict[str, Account] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    installations: dict[str, Installation] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    outbox: deque[Emission] = field(default_factory=deque)
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=10_000))
    limits: Limits = field(default_factory=Limits)
    wake: Callable[[], None] = lambda: None
    later: Later = lambda _seconds, _action: None
    close_delay: timedelta = timedelta(milliseconds=20)

    def account(self, login: str, kind: AccountKind = AccountKind.USER) -> Account:
        """The account of a login; one that was never heard of is made."""
        found = self.accounts.get(login.lower())
        if found is None:
            if login.endswith("[bot]"):
                kind = AccountKind.BOT
            found = Account(id=self.ids.take(), login=login, kind=kind)
            self.accounts[login.lower()] = found
        return found

    def repository(self, full_name: str) -> Repository | None:
        """The repository of a full name, in any case of letters."""
        return self.repositories.get(full_name.lower())

    def repository_by_id(self, number: int) -> Repository | None:
        """The repository with a database id."""
        return next((r for r in self.repositories.values() if r.id == number), None)

    def installation(self, owner: Account) -> Installation:
        """The installation in an account; made when first asked for."""
        found = self.installations.get(owner.login.lower())
        if found is None:
            number = FIRST_INSTALLATION + len(self.installations)
            found = Installation(id=number, account=owner)
            self.installations[owner.login.lower()] = found
        return found

    def installation_by_id(self, number: int) -> Installation | None:
        """The installation with an id."""
        return next((i for i in self.installations.values() if i.id == number), None)

    def installed(self, installation: Installation) -> list[Repository]:
        """The repositories that an installation covers."""
        return [r for r in self.repositories.values() if r.owner is installation.account and r.installed]

    def granted(self, repository: Repository) -> dict[str, str]:
        """What the installation may do in a repository."""
        return repository.permissions if repository.permissions is not None else self.app.permissions

    def issues(self) -> Iterator[Issue]:
        """Every issue and pull request."""
        for repository in self.repositories.values():
            yield from repository.issues.values()

    def comments(self) -> Iterator[Comment]:
        """Every comment."""
        for issue in self.issues():
            yield from issue.comments

    def comment(self, repository: Repository, number: int) -> Comment | None:
        """The comment of a repository with a database id."""
        every = (c for i in repository.issues.values() for c in i.comments)
        return next((c for c in every if c.id == number), None)

    def node(self, value: str) -> Repository | Issue | Comment | Label | Account | None:
        """The thing with a node id; git objects are not kept here."""
        for repository in self.repositories.values():
            found = _in_repository(repository, value)
            if found is not None:
                return found
        return next((a for a in self.accounts.values() if a.node_id == value), None)

    def label(self, repository: Repository, name: str) -> Label:
        """The label of a name; an unknown one is made, grey, as GitHub does."""
        found = repository.labels.get(name.lower())
        if found is None:
            found = Label(repository=repository, id=self.ids.take(), name=name)
            repository.labels[name.lower()] = found
        return found

    def visible(self, issue: Issue) -> list[Comment]:
        """The comments that lists show by now: a lag may hide the newest."""
        now = self.clock()
        return [c for c in issue.comments if c.visible_at <= now]

    def find(self, reference: str, home: Repository) -> Issue | None:
        """The issue behind ``7``, ``#7`` or ``owner/name#7``, seen from a repository."""
        name, _, number = reference.rpartition("#")
        repository = self.repository(name) if name else home
        if repository is None or not number.isdigit():
            return None
        return repository.issues.get(int(number))


def _in_repository(repository: Repository, value: str) -> Repository | Issue | Comment | Label | None:
    if repository.node_id == value:
        return repository
    for issue in repository.issues.values():
        if issue.node_id == value:
            return issue
    for issue in repository.issues.values():
        for comment in issue.comments:
            if comment.node_id == value:
                return comment
    return next((label for label in repository.labels.values() if label.node_id == value), None)
