"""What is heard of an issue before anything is asked: what people say was done, whose words its text is, its waivers.

An assessment, an explanation and a preview of a merge stand on the same, so it is gathered in one place: what one of
them would ask, the others tell.
"""

from dataclasses import replace

from bot.assessment import refusals, tickets
from bot.commands.measure import Asking, Declined, Prepared, prepare, rules_of
from bot.commands.own_criteria import writer_of
from bot.commands.request import AskedIn, issue_key
from bot.commands.saying import Asker, closing_statement, people_said
from bot.commands.standing import own_marks
from bot.commands.tools import NoteStore
from bot.commands.waivers import waivers_of
from bot.config.load import Broken, Loaded
from bot.github.models import Snapshot
from bot.github.session import Session


async def prepared_of(
    snapshot: Snapshot, asking: Asking, *, asker: Asker, command: AskedIn | None, session: Session, notes: NoteStore
) -> Prepared | Declined:
    """What would be asked of the issue; `asking` knows all that does not stand there, `command` is the asker's comment.

    Raises `bot.github.errors.GitHubError`.
    """
    parent = parent_of(snapshot, us=asking.known.us, key=asking.key)
    if parent is not None:
        return Declined(text=refusals.ticket_of(parent))
    rules = asking.policy or rules_of(snapshot)
    ours = frozenset(own.comment.id for own in own_marks(snapshot, key=asking.key))
    said = people_said(snapshot, command=command, ours=ours)
    statements = await closing_statement(said, snapshot, asker=asker, role_of=session.role)
    writer = await writer_of(snapshot.issue, trusts=lambda login: trusts(rules, login), role_of=session.role)
    waivers = await waivers_of(notes, issue_key(snapshot.repository.id, snapshot.issue.number), asking.now)
    return prepare(snapshot, replace(asking, writer=writer, waivers=waivers), statements)


def parent_of(snapshot: Snapshot, *, us: str | None, key: bytes) -> int | None:
    """The issue whose follow-up ticket this one is; None where it is none of ours. Pure."""
    author = snapshot.issue.author
    if author is None or not author.is_bot:
        return None
    if us is not None and _bot_name(author.login) != _bot_name(us):
        return None
    return tickets.parent_in(snapshot.issue.body, key=key, repository_id=snapshot.repository.id)


def trusts(rules: Loaded | Broken, login: str) -> bool:
    """Does the policy take commands from this bot? It may be named with or without `[bot]`; logins have no case."""
    if isinstance(rules, Broken):
        return False
    return _bot_name(login) in {_bot_name(name) for name in rules.policy.trusted_bots}


def _bot_name(login: str) -> str:
    return login.lower().removesuffix("[bot]")
