"""`audit --git PATH --issues FILE`: what a local checkout can answer of a file of closed issues, without network.

Only what git knows is asked of the policy: commits, files, patterns, task lists. Claims are all asked, since they were
made; one that only GitHub could answer makes its issue one that cannot be checked, unless another one fails.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import structs

from bot.app import now
from bot.assessment.audit import Asked as Scope
from bot.assessment.audit import Audit, summed
from bot.assessment.policy import Role
from bot.assessment.wording import count, listing
from bot.cli.audit_order import Local, Order, Unfit
from bot.cli.audit_run import Desk, measured, scope
from bot.cli.issue_file import (
    Filed,
    NotIssues,
    closure,
    has_unknown_reason,
    issue,
    read,
    reference,
    repository_of,
    roles,
)
from bot.cli.local_git import GitTrouble, LocalGit, opened
from bot.cli.local_reader import OFFLINE, LocalReader
from bot.cli.telling import told, visible
from bot.commands.audit import Auditing
from bot.commands.measure import Instruments, rules_of
from bot.config.load import Broken, Loaded
from bot.egress.grants import Grants
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings
from bot.egress.wayout import Egress
from bot.github.closures import Closures, is_completed, newest_of
from bot.github.contents import TextFile
from bot.github.errors import GitHubError, NotFound
from bot.github.models import Issue, PolicyFile, Snapshot, Unknown
from bot.github.session import POLICY_PATH
from bot.probes.contract import Reader
from bot.probes.runner import Limits
from bot.probes.trees import Memory

ANSWERABLE = frozenset({"changes", "code", "commit", "file", "tasks"})
_HISTORY = 100
_MOST_OWNERS = 3
_UNTOLD = Unknown(reason=OFFLINE)


class OnDisk:
    """The tracker as a file and a checkout show it."""

    def __init__(self, filed: Mapping[int, Filed], reader: LocalReader) -> None:
        self._filed = filed
        self._reader = reader
        self._roles = roles(tuple(filed.values()))

    async def issues(self, numbers: Sequence[int]) -> Mapping[int, Issue | GitHubError]:
        """Those of the file."""
        return {
            number: issue(self._filed[number]) if number in self._filed else NotFound(f"#{number} is not in the file")
            for number in numbers
        }

    async def role(self, login: str) -> Role:
        """As far as the file tells how somebody belongs to the repository."""
        return self._roles.get(login.lower(), Role.NONE)

    def reader(self, snapshot: Snapshot) -> Reader:
        """One for all: nothing that it reads is an issue's own."""
        del snapshot
        return self._reader


async def audited_offline(desk: Desk) -> Audit:
    """The audit. Raises `Unfit`, and what the state file raises."""
    order = desk.order
    assert order.local is not None
    filed = _filed(order.local)
    elsewhere = of_others(filed.values(), order.repository.full_name)
    if elsewhere is not None:
        desk.err.print(f"{order.local.issues}: {elsewhere}", markup=False, soft_wrap=True)
    closed = [one for every in filed.values() if not has_unknown_reason(every) and (one := closure(every)) is not None]
    found = Closures(closures=newest_of(closed, since=order.since, most=order.asked.limit))
    completed = tuple(one for one in found.closures if is_completed(one.reason))
    if not completed:
        return summed((), _scope(order, found, None, filed), now())
    try:
        async with opened(order.local.git) as git:
            references = {number: reference(one, order.repository.full_name) for number, one in filed.items()}
            reader = LocalReader(git, references)
            base = await snapshot(order, git, reader, issue(filed[completed[0].number]))
            rules = order.policy or rules_of(base)
            if isinstance(rules, Broken):
                raise Unfit("\n".join(told(rules.faults)) or "the policy cannot be used")
            egress = Egress(settings=EgressSettings(), resolver=Dns(), on_refused=_unheard, grants=Grants())
            auditing = Auditing(
                tracker=OnDisk(filed, reader),
                base=base,
                rules=rules,
                instruments=Instruments(
                    reader=reader,
                    network=egress.network(0, order.repository.full_name),  # nothing that is asked goes there
                    limits=Limits(),
                    clock=now,
                    seen=Memory(),
                ),
                me="",
                key=b"nothing of a file is ours",
                answerable=ANSWERABLE,
            )
            what = _scope(order, found, rules, filed)
            return summed(await measured(desk, auditing, completed, desk.state.begin(what)), what, now())
    except GitTrouble as error:
        raise Unfit(str(error)) from error


def of_others(every: Collection[Filed], repository: str) -> str | None:
    """A warning where issues are of another repository by their URLs, None where there are none. Pure."""
    owners = [owner for one in every if (owner := repository_of(one)) not in {None, repository.lower()}]
    if not owners:
        return None
    whose = visible(listing(sorted(set(owners))[:_MOST_OWNERS]))
    return f"{len(owners)} of {count(len(every), 'issue')} by their URLs of {whose}, and judged as {repository}'s"


def _scope(order: Order, found: Closures, rules: Loaded | None, filed: Mapping[int, Filed]) -> Scope:
    """What is audited, and which issues of the file are not."""
    asked = scope(order, found, rules, ANSWERABLE)
    aside = structs.replace(
        asked.left_out,
        open=tuple(number for number, one in filed.items() if one.closed_at is None),
        unknown_reason=tuple(number for number, one in filed.items() if has_unknown_reason(one)),
    )
    return structs.replace(asked, left_out=aside)


def _filed(local: Local) -> Mapping[int, Filed]:
    try:
        return {one.number: one for one in read(local.issues.read_bytes())}
    except OSError as error:
        raise Unfit(f"{local.issues}: {error.strerror}") from error
    except NotIssues as error:
        raise Unfit(f"{local.issues}: {error}") from error


async def snapshot(order: Order, git: LocalGit, reader: LocalReader, about: Issue) -> Snapshot:
    """The repository at the head of the checkout's branch; what git does not know is `Unknown`."""
    policy = await reader.content(git.head, POLICY_PATH)
    return Snapshot(
        repository=order.repository,
        url=f"https://github.com/{order.repository.full_name}",
        is_private=False,
        is_archived=False,
        default_branch=git.branch,
        head=git.head,
        history=await reader.history(_HISTORY),
        policy_file=_policy(policy) if isinstance(policy, TextFile) else None,
        head_checks=_UNTOLD,
        deployments=_UNTOLD,
        issue=about,
        fetched_at=now(),
    )


def _policy(file: TextFile) -> PolicyFile:
    return PolicyFile(path=file.path, oid=file.oid, size_bytes=len(file.text.encode()), text=file.text)


def _unheard(_host: str, _why: str) -> None:
    """Nothing goes out."""
