"""Closing an issue as a step of the recipe: the last look before it, objections included, and what was done."""

import re
from dataclasses import replace

from bot.actions.closing import Closing, hides_some, last_look
from bot.actions.comment import Upsert
from bot.actions.labels import labels_after
from bot.actions.trouble import before_write
from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.plan import Label
from bot.assessment.policy import LabelPolicy, Permissions, Role, at_least
from bot.commands.grace import objection, remember
from bot.commands.holding import give_back, pass_breaker
from bot.commands.looked import Looked
from bot.commands.rights import Deed, may
from bot.commands.run import Run
from bot.commands.spoken import Words, unopposed
from bot.commands.state_change import Change, changed, look_again
from bot.engine import Refused
from bot.github.answers import IssueNow
from bot.github.models import Comment, IssueNumber, IssueState, Said, Unknown

OVERTAKEN = Done(action=ActionKind.CLOSE, ending=Ending.REFUSED, text="it was closed in the meantime")
"""Somebody, or GitHub after a merge, closed it between the look and the closing."""
_WITH_COMMENT = re.compile(r"(.*)\n(https?://\S+)", re.DOTALL)  # a refusal is kept as text alone
_CHANGE = Change(
    action=ActionKind.CLOSE,
    name="close",
    wanted="closed",
    refused="{}",
    unknown="GitHub did not answer when I closed it, and I cannot tell whether it is",
    ignored="GitHub took the request and left the issue open",
)


async def close(run: Run, looked: Looked, assessment: Assessment, label: Label, upsert: Upsert) -> tuple[Done, ...]:
    """Close it with its labels in one request; what was done of what was expected.

    Raises `bot.commands.holding.HeldBack`.
    """

    async def ready() -> tuple[str, ...] | None:
        _not_before(run)
        await pass_breaker(run, assessment)
        now = await look_again(run, upsert)
        if now.state is not IssueState.OPEN:
            await give_back(run, assessment)
            raise Refused(None, OVERTAKEN.text)
        against = await _vetoed(run) or await _objection(run, looked, assessment.close_role, now)
        if against is not None:
            await give_back(run, assessment)
            raise Refused(None, against)
        return labels_after(now, label)

    closing = Closing(run.session, number=IssueNumber(run.place.number), ready=ready)
    return tuple(linked(one) for one in await changed(run, assessment, _CHANGE, closing))


def linked(done: Done) -> Done:
    """With the comment that forbade it as its address, where there is one. Pure."""
    found = _WITH_COMMENT.fullmatch(done.text)
    return done if found is None else replace(done, text=found[1], url=found[2])


def _by_comment(text: str, url: str | None) -> str:
    """What `linked` reads."""
    return f"{text}\n{url}" if url else text


def _not_before(run: Run) -> None:
    """However a clock goes, nothing is closed before the moment that was announced."""
    announced = None if run.errand is None else run.errand.announced
    if announced is not None and run.tools.clock() < announced.until:
        raise Refused(announced.until, "the closing was announced for later")


async def _vetoed(run: Run) -> str | None:
    """Who objected to what was announced, as long as it may be: the same that was looked for before, once more."""
    if run.errand is None or run.errand.announced is None:
        return None
    with before_write(run.tools.clock, "whether somebody objected could not be read"):
        veto = await objection(run.session, run.place, run.errand)
    if veto is None:
        return None
    await remember(run.tools.notes, run.place.key, veto)
    return _by_comment(veto.text, veto.url)


async def _objection(run: Run, looked: Looked, close_role: Role, now: IssueNow) -> str | None:
    """What forbids the closing now, in plain words: the issue itself, somebody who spoke, or a right that is gone."""
    beyond = await _beyond(run, looked, now)
    settled = _settled(now, beyond)
    look = last_look(now, labels=LabelPolicy(hold=looked.hold), since=looked.since, settled=settled, beyond=beyond)
    if look.objection is not None:
        return look.objection
    with before_write(run.tools.clock, "the rights could not be asked"):
        reporter = (run.reporter or looked.reporter or "").lower()
        for one in look.spoken:
            if one.login.lower() == reporter or at_least(await run.session.role(one.login), Role.TRIAGE):
                return _by_comment(f"{one.login} has commented since", one.url)
        if run.asker.login is not None and not run.by_bot:
            role = await run.session.role(run.asker.login)
            if not may(Deed.CLOSING_RUN, role=role, ties=frozenset(), permissions=Permissions(close=close_role)):
                return f"{run.asker.login} no longer holds the role that closing needs"
    return None


async def _beyond(run: Run, looked: Looked, now: IssueNow) -> tuple[Said, ...]:
    """What others said since it was asked for, where that may be more than the newest comments."""
    if not hides_some(now, looked.since):
        return ()
    with before_write(run.tools.clock, "the comments since then could not be read"):
        said = await run.session.said_since(IssueNumber(run.place.number), looked.since[0])
        us = await run.session.login()
    return tuple(one for one in said if one.login is None or one.login.lower() != us.lower())


def _settled(now: IssueNow, beyond: tuple[Said, ...]) -> frozenset[int]:
    """The comments (ids) that are no word against it."""
    shown = () if isinstance(now.comments, Unknown) else now.comments
    said = {one.id: _said(one) for one in beyond} | {one.id: _shown(one) for one in shown}
    return unopposed(said.values())


def _said(one: Said) -> Words:
    return Words(id=one.id, at=one.created_at, login=one.login, body=one.body, own=one.updated_at == one.created_at)


def _shown(one: Comment) -> Words:
    login = None if one.author is None else one.author.login
    own = one.editor is None or one.editor == one.author
    return Words(id=one.id, at=one.created_at, login=login, body=one.body, own=own)
