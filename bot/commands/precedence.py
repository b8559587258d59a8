"""Whose place an assessment takes of what waits at the issue, and for whom it makes way. Pure.

Rules:
1. A newer asking takes the place of what waits, as far as it may do as much: then that is answered by it.
2. What waits for a person gives way to nothing that comes by itself, nor to another person who may not close: somebody
   was told that it goes on. A merge that closes does not give way to a mere reference.
3. Who makes way changes nothing and has what waits look again at once. A closing or a guard that waits for its moment
   alone is left to it.
4. A merge that may close, or take back what its keyword closed, comes back when what it made way for is over: that may
   do less. A trusted bot does not: a merge is a person's word as well, while beside the bot's there is only that of the
   person who waits, who may have asked for no closing.
5. A guard's look that waits has promised nothing but in its note. Only who may close and asks for it ends it, and the
   note makes way for the answer.
6. A mere look (`--dry-run`, `--only`) takes no place, and gives none: an answer that waits stays as it is, and the look
   is answered beside it. One that waits itself (`--only`; a dry run never does) goes on and holds nobody up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import msgspec

from bot.assessment.policy import Mode, Policy, Role, at_least
from bot.commands.flags import flags_again, flags_in
from bot.commands.request import AgainRequest, CommandRequest, Errand, LinkedRequest, WaiverEndRequest, unpack
from bot.commands.route import AGAIN_JOB, LINKED_JOB
from bot.engine import Waiting

MARGIN = timedelta(minutes=1)


class Claim(IntEnum):
    """How much somebody may do who asks for an assessment, or sets one off."""

    REFERS = 0  # a merge that closes nothing
    ADVISES = 1
    MAY_CLOSE = 2
    CLOSES = 3  # a merge whose keyword may have closed the issue, which is the merge's to take back
    PERSON = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who asks now: with which claim, under which name (None: nobody asks), and is it by a command?"""

    claim: Claim
    login: str | None = None
    commands: bool = False


class GaveWay(msgspec.Struct, frozen=True, kw_only=True):
    """Something waits here that may do more. `back_at` is when to come back for what it may leave undone."""

    back_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The jobs (ids) whose place is taken; or, where it makes way, those that are to look again."""

    retires: frozenset[str] = frozenset()
    hastens: frozenset[str] = frozenset()
    gives_way: GaveWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a mere look stands beside: answers (node ids) that wait for others, and its own, if it has waited itself.

    `root` is the job that began it; see `Errand`.
    """

    others: frozenset[str] = frozenset()
    own: str | None = None
    root: str | None = None


Asking = CommandRequest | LinkedRequest | WaiverEndRequest


def newcomer_of(request: Asking | None, role: Role, policy: Policy) -> Newcomer:
    """Who asks with this request, in this role; None is somebody at the command line."""
    if not isinstance(request, CommandRequest):
        return Newcomer(claim=Claim.PERSON if request is None else _by_itself(request, policy))
    closes = at_least(role, policy.close_role) and not flags_in(request).no_close
    best = Claim.MAY_CLOSE if request.comment.is_bot else Claim.PERSON
    return Newcomer(claim=best if closes else Claim.ADVISES, login=request.comment.login, commands=True)


def places(newcomer: Newcomer, waiting: tuple[Waiting, ...], policy: Policy) -> Places:
    """What becomes of what waits, by the rules in this module's docstring."""
    retires: set[str] = set()
    stronger: dict[str, AgainRequest] = {}
    for job in waiting:
        if job.kind == LINKED_JOB:
            linked = unpack(job.payload, LinkedRequest)
            retires |= {job.id} if newcomer.commands and _by_itself(linked, policy) <= newcomer.claim else set()
        elif job.kind == AGAIN_JOB:
            request = unpack(job.payload, AgainRequest)
            if flags_again(request).looks_only:
                continue
            if _yields(request, newcomer, policy):
                retires.add(job.id)
            elif request.guard is None:
                stronger[job.id] = request
    if not stronger:
        return Places(retires=frozenset(retires))
    back = max(_over(one) for one in stronger.values()) if newcomer.claim is Claim.CLOSES else None
    hastens = frozenset(job for job, one in stronger.items() if any(it.criterion for it in one.errand.awaits))
    return Places(hastens=hastens, gives_way=GaveWay(back_at=back))


def beside(waiting: tuple[Waiting, ...], errand: Errand | None) -> Beside:
    """What a look that goes on with this errand (None: its first) stands beside."""
    found = (unpack(job.payload, AgainRequest) for job in waiting if job.kind == AGAIN_JOB)
    answers = tuple(one.errand for one in found if one.guard is None)
    if errand is None:
        return Beside(others=frozenset(one.comment for one in answers))
    others = frozenset(one.comment for one in answers if one.root != errand.root)
    return Beside(others=others, own=errand.comment, root=errand.root)


def _yields(request: AgainRequest, newcomer: Newcomer, policy: Policy) -> bool:
    """Is what waits answered by the newcomer as well?"""
    if request.guard is not None:
        return newcomer.claim is Claim.PERSON
    asked = request.command
    if asked is None:
        by_itself = request.linked or request.waiver_end
        assert by_itself is not None
        return _by_itself(by_itself, policy) <= newcomer.claim
    if newcomer.login is not None and newcomer.login.lower() == asked.comment.login.lower():
        return True  # whoever asks anew has changed his mind
    if asked.comment.is_bot:
        return (Claim.ADVISES if flags_in(asked).no_close else Claim.MAY_CLOSE) <= newcomer.claim
    return newcomer.claim is Claim.PERSON


def _by_itself(request: LinkedRequest | WaiverEndRequest, policy: Policy) -> Claim:
    acts = policy.mode is Mode.ACT
    if isinstance(request, WaiverEndRequest):
        return Claim.MAY_CLOSE if acts else Claim.ADVISES
    if not request.closes:
        return Claim.REFERS
    return Claim.CLOSES if acts else Claim.ADVISES


def _over(request: AgainRequest) -> datetime:
    """When it is over at the latest, as far as is known."""
    errand = request.errand
    return max((one.until for one in errand.awaits), default=errand.poll_at) + MARGIN
