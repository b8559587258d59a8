"""Cross-references after a closing: one note on each related issue, ever.

Rules:
1. Only where the policy says `cross_reference: true`, and only where we may act; else the issues are named.
2. A pair of issues has one note. It is looked for in our memory, and else among our comments there, by its mark.
3. Never on a pull request, on what we filed ourselves, on a closed or locked issue, or in another repository.
4. Trouble with one note stops neither the others nor anything else; it is said in the answer.
"""

from datetime import timedelta

import msgspec

from bot.actions.comment import Upsert
from bot.actions.trouble import answer_or_refusal
from bot.assessment import references
from bot.assessment.document import Assessment, Related
from bot.assessment.marker import MarkKind
from bot.commands.after import After, Part, with_done
from bot.commands.request import AftermathRequest, Place
from bot.commands.tools import bears, mark
from bot.engine import Json, Note, Refused, UnknownOutcome
from bot.github.errors import GitHubError, Gone, Moved, NotFound
from bot.github.models import IssueNumber, NodeId

KIND = "reference"
LIFE = timedelta(days=3650)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A related issue as it was found: to be noted on (its node id), or not, or not to be told (`trouble`)."""

    node_id: str | None = None
    trouble: str | None = None


def is_owed(request: AftermathRequest, assessment: Assessment) -> bool:
    """Does the policy want notes, and is there an issue for one?"""
    return request.wishes.cross_reference and bool(assessment.related)


async def refer(after: After) -> Assessment:
    """Leave the notes; the document with what was done."""
    related = after.assessment.related
    if not after.request.acting:
        return with_done(after.assessment, references.only_named(related))
    noted: list[int] = []
    trouble: list[str] = []
    left = 0
    for one in related:
        seen = msgspec.convert(await after.turn.step(f"related {one.issue}", lambda one=one: _look(after, one)), Seen)  # type: ignore[misc]
        if seen.node_id is not None and len(noted) == references.MOST:
            left += 1
            continue
        why = seen.trouble if seen.node_id is None else await _note(after, one, seen.node_id)
        if why is not None:
            trouble.append(f"no note on #{one.issue}: {why}")
        elif seen.node_id is not None:
            noted.append(one.issue)
    return with_done(after.assessment, *references.told(tuple(noted), tuple(trouble), left))


def would(request: AftermathRequest, assessment: Assessment) -> str:
    """Where a note would be left; whether there is one already, nobody has looked."""
    del request
    return references.would(assessment.related)


PART = Part(name="references", owed=is_owed, do=refer, would=would)


async def _look(after: After, one: Related) -> Json:
    """Is there a note already, and may there be one?"""
    noted = await after.tools.notes.read(KIND, after.place.key, str(one.issue), after.tools.clock())
    if noted is not None:
        return _packed(Seen())
    there = await answer_or_refusal(after.session.neighbour(one.issue))
    if isinstance(there, NotFound | Gone | Moved):
        return _packed(Seen())
    if isinstance(there, GitHubError):
        return _packed(Seen(trouble=str(there)))
    if not there.open or there.locked or there.is_pull or there.by_us:
        return _packed(Seen())
    metrics = after.assessment.metrics
    since = metrics.opened_at if metrics is not None else None  # no note is older than the issue that it is about
    ours = await answer_or_refusal(
        after.session.list_own_comments_since(one.issue, since or after.assessment.started_at - LIFE)
    )
    if isinstance(ours, GitHubError):
        return _packed(Seen(trouble=f"I cannot tell whether there is one already: {ours}"))
    if any(_is_note(after, one, comment.body) for comment in ours):
        await _remember(after, one)
        return _packed(Seen())
    return _packed(Seen(node_id=there.node_id))


async def _note(after: After, one: Related, node_id: str) -> str | None:
    """Leave it, and remember that; or why it is not there."""
    place, tools = _place(after, one), after.tools
    upsert = Upsert(
        after.session,
        issue=(NodeId(node_id), IssueNumber(one.issue)),
        existing=None,
        body=references.note(
            after.assessment,
            one,
            evidence_url=tools.evidence_url(after.assessment.id, after.assessment.finished_at),
            marker=mark(MarkKind.REFERENCE, _write(after), key=tools.key, place=place),
        ),
        mine=lambda body: _is_note(after, one, body),
    )
    try:
        await after.turn.write(f"note {one.issue}", upsert)
    except (Refused, UnknownOutcome) as error:
        return str(error)
    await after.turn.step(f"noted {one.issue}", lambda: _remember(after, one))
    return None


async def _remember(after: After, one: Related) -> Json:
    now = after.tools.clock()
    note = Note(kind=KIND, place=after.place.key, name=str(one.issue), value=True, at=now, until=now + LIFE)
    await after.tools.notes.keep(note)
    return None


def _write(after: After) -> str:
    """The same for every assessment of this issue: it is the pair that has a note."""
    return f"reference:{after.place.number}"


def _is_note(after: After, one: Related, body: str) -> bool:
    return bears(body, _write(after), key=after.tools.key, place=_place(after, one))


def _place(after: After, one: Related) -> Place:
    return msgspec.structs.replace(after.place, number=one.issue)


def _packed(seen: Seen) -> Json:
    packed: Json = msgspec.to_builtins(seen)
    return packed
