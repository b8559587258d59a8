"""Whose words count as the closing statement of an issue: the command, somebody with a say, the merged pull requests.

GitHub's roles are asked only where they decide: of the authors of the newest other comments that say the work is done,
until one has a say, of three at most; and only if the command itself does not say so.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.assessment.marker import MARKED
from bot.assessment.policy import Role, at_least
from bot.assessment.statements import Candidate, Statement, StatementSource, choose, states_completion
from bot.commands.request import AskedIn
from bot.commands.standing import merged_pulls
from bot.github.models import Comment, EventKind, Pull, Snapshot, Unknown

MOST_ASKED = 3
RoleOf = Callable[[str], Awaitable[Role]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks; `login` is None for automatic triggers."""

    login: str | None
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The comment with the command, if there is one, and people's other comments, oldest first."""

    command: AskedIn | None
    comments: tuple[Comment, ...]


async def closing_statement(said: Said, snapshot: Snapshot, *, asker: Asker, role_of: RoleOf) -> tuple[Statement, ...]:
    """The statements to be checked, the command's first. Raises `bot.github.errors.GitHubError`."""
    repository = snapshot.repository.full_name
    commanded = _commanded(said.command) if said.command is not None else None
    spoken = said.comments
    completer: str | None = None
    if commanded is None or not states_completion(commanded.text, repository=repository):
        completer = await _completer(spoken, snapshot, asker, role_of)
    candidates = [_candidate(comment, snapshot, asker, completer) for comment in spoken]
    candidates += [candidate for pull in merged_pulls(snapshot) if (candidate := _of_pull(pull)) is not None]
    return choose(
        candidates,
        repository=repository,
        command=commanded,
        reopened_at=_reopened_at(snapshot),
    )


async def _completer(spoken: tuple[Comment, ...], snapshot: Snapshot, asker: Asker, role_of: RoleOf) -> str | None:
    """The author of the newest completing comment by somebody with a say; the asker's role is known already."""
    repository = snapshot.repository.full_name
    completing = (one for one in reversed(spoken) if states_completion(one.body, repository=repository))
    logins = dict.fromkeys(one.author.login for one in completing if one.author is not None)
    for login in islice(logins, MOST_ASKED):
        role = asker.role if login == asker.login else await role_of(login)
        if at_least(role, Role.TRIAGE):
            return login
    return None


def people_said(snapshot: Snapshot, *, command: AskedIn | None, ours: frozenset[int]) -> Said:
    """What people said. `ours` are the ids of our answers, which from the command line a person's account writes."""
    comments = snapshot.issue.comments
    if isinstance(comments, Unknown):
        return Said(command=command, comments=())
    return Said(command=command, comments=tuple(one for one in comments if _is_speech(one, command, ours)))


def _is_speech(comment: Comment, command: AskedIn | None, ours: frozenset[int]) -> bool:
    if comment.author is None or comment.author.is_bot or comment.is_minimized or comment.id in ours:
        return False
    if MARKED in comment.body:  # a report, whoever posted it: it states nothing of its own
        return False
    return command is None or comment.id != command.id


def _candidate(comment: Comment, snapshot: Snapshot, asker: Asker, completer: str | None) -> Candidate:
    login = comment.author.login if comment.author else ""
    reporter = snapshot.issue.author
    return Candidate(
        statement=Statement(
            text=comment.body, author=login, url=comment.url, where=f"comment by {login}", at=comment.created_at
        ),
        has_rights=login == completer or (login == asker.login and at_least(asker.role, Role.TRIAGE)),
        may_contradict=reporter is not None and login == reporter.login,
    )


def _commanded(command: AskedIn) -> Statement:
    return Statement(
        text=command.body,
        author=command.login,
        url=command.url,
        where="the command comment",
        at=command.at,
        source=StatementSource.COMMAND,
    )


def _of_pull(pull: Pull) -> Candidate | None:
    if pull.merged_at is None or not pull.body.strip():
        return None
    return Candidate(
        statement=Statement(
            text=pull.body,
            author=pull.author.login if pull.author else None,
            url=pull.url,
            where=f"pull request #{pull.number}",
            at=pull.merged_at,
            source=StatementSource.PULL,
        ),
        has_rights=True,  # merging it takes the right to write
    )


def _reopened_at(snapshot: Snapshot) -> datetime | None:
    timeline = snapshot.issue.timeline
    if isinstance(timeline, Unknown):
        return None
    return max((event.at for event in timeline if event.kind is EventKind.REOPENED), default=None)
