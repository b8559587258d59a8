"""The sub-issues of an issue beyond what a snapshot holds: further pages, and the levels below.

GitHub allows 100 sub-issues an issue and eight levels; what is read is bounded all the same.
https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/adding-sub-issues
"""

from dataclasses import dataclass

from bot.github import parse, wire
from bot.github.batches import Batch, Question, Reply, Variable
from bot.github.models import IssueRef, RepositoryRef, SubIssues
from bot.github.queries import ISSUE_REF
from bot.groups import Group

MOST = 500
LEVELS = 8
_PAGE = 100


class _Summary(wire.Wire, frozen=True):
    total: int = 0


class _Child(wire.WireIssueRef, frozen=True):
    sub_issues_summary: _Summary | None = None


class _Parent(wire.Wire, frozen=True):
    sub_issues: wire.Connection[_Child] | None = None


class _Home(wire.Wire, frozen=True):
    issue: _Parent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    """An issue whose sub-issues are read; `repository` is `owner/name`, None for the one that the batch is about."""

    number: int
    repository: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Children:
    """What was read of an issue's sub-issues, and how many GitHub counts."""

    read: tuple[_Child, ...]
    total: int


async def sub_issues(batch: Batch, number: int, home: RepositoryRef, *, nested: bool) -> SubIssues:
    """The sub-issues of an issue, where `nested` with those below, the upper levels first. Raises `GitHubError`."""
    found: dict[tuple[str, int], IssueRef] = {}
    level: tuple[_Issue, ...] = (_Issue(number=number, repository=None),)
    total = 0
    for depth in range(LEVELS):
        lists = await _level(batch, level, MOST - len(found))
        total += sum(one.total for one in lists)
        children = tuple(child for one in lists for child in one.read)
        found |= {_key(child): parse.issue_ref(child) for child in children}
        parents = tuple(child for child in children if child.sub_issues_summary and child.sub_issues_summary.total)
        if not nested or not parents:
            break
        if depth + 1 == LEVELS or len(found) >= MOST:
            total += sum(_below(child) for child in parents)
            break
        level = tuple(_place(child, home) for child in parents)
    return SubIssues(issues=tuple(found.values())[:MOST], total=total)


def _key(child: _Child) -> tuple[str, int]:
    return child.repository.name_with_owner.lower(), child.number


def _below(child: _Child) -> int:
    return child.sub_issues_summary.total if child.sub_issues_summary is not None else 0


def _place(child: _Child, home: RepositoryRef) -> _Issue:
    repository = child.repository.name_with_owner
    here = repository.lower() == home.full_name.lower()
    return _Issue(number=child.number, repository=None if here else repository)


async def _level(batch: Batch, level: tuple[_Issue, ...], most: int) -> tuple[_Children, ...]:
    """The lists of one level, asked together."""
    async with Group() as group:
        tasks = [group.create_task(_children(batch, one, most)) for one in level]
    return tuple(task.result() for task in tasks)


async def _children(batch: Batch, issue: _Issue, most: int) -> _Children:
    read: tuple[_Child, ...] = ()
    after: str | None = None
    while True:
        page = await batch.ask(_page(issue, after))
        read += parse.entries(page)
        after = page.page_info.end_cursor
        if not page.page_info.has_next_page or after is None or len(read) >= most:
            return _Children(read=read, total=max(page.total_count, len(read)))


def _page(issue: _Issue, after: str | None) -> Question[wire.Connection[_Child]]:
    """One page of an issue's sub-issues; an empty one where the issue is not to be seen."""

    def read(reply: Reply) -> wire.Connection[_Child]:
        if issue.repository is None:
            parent = reply.value("", _Parent)
        else:
            home = reply.value("", _Home)
            parent = home.issue if home is not None else None
        page = parent.sub_issues if parent is not None else None
        return page if page is not None else wire.Connection()

    variables = [Variable(name="number", type="Int!", value=issue.number)]
    further = ""
    if after is not None:
        variables.append(Variable(name="after", type="String!", value=after))
        further = ", after: $§after"
    of = (
        f"subIssues(first: {_PAGE}{further}) {{ totalCount pageInfo {{ hasNextPage endCursor }} "
        "nodes { ...IssueRefPart subIssuesSummary { total } } }"
    )
    if issue.repository is None:
        selection = f"§: issue(number: $§number) {{ {of} }}"
    else:
        owner, _, name = issue.repository.partition("/")
        variables += [
            Variable(name="owner", type="String!", value=owner),
            Variable(name="name", type="String!", value=name),
        ]
        selection = f"§: repository(owner: $§owner, name: $§name) {{ issue(number: $§number) {{ {of} }} }}"
    return Question(
        selection=selection,
        variables=tuple(variables),
        fragments=(ISSUE_REF,),
        read=read,
        elsewhere=issue.repository is not None,
    )
