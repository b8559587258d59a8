"""Whether a closing by somebody else is looked at, or why it is left alone. Pure.

Rules:
1. Left alone: what is open again, was not closed as completed, or was closed anew (that has a look of its own); what we
   closed ourselves; what stands in an archive; and where a person has had the last word.
2. A pull request's closing is the merge's to assess, where the policy wants merges assessed and the merge speaks of the
   issue (`bot.commands.guard` asks): never both.
3. What was assessed since the closing has its answer, and an answer that waits will tell of the closing by itself. Then
   only what may reopen is looked at as well, and nothing is said but that it was reopened.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.assessment.document import Assessment
from bot.assessment.history import Hand, Happening, contradiction
from bot.assessment.policy import GuardMode, Policy
from bot.assessment.trigger import TriggerKind
from bot.commands.flags import flags_again
from bot.commands.request import AgainRequest, GuardRequest, unpack
from bot.commands.route import AGAIN_JOB, LINKED_JOB
from bot.commands.standing import Known, OwnMark, closed_as, happened_to
from bot.engine import Waiting
from bot.github.models import IssueState as State
from bot.github.models import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A closing and all that decides whether it is looked at.

    `latest` is the newest assessment of the issue, `waiting` are the jobs that wait for its turn.
    """

    request: GuardRequest
    snapshot: Snapshot
    policy: Policy
    known: Known
    latest: Assessment | None = None
    waiting: tuple[Waiting, ...] = ()


def why_left(closed: Closed) -> str | None:
    """Why nothing is looked at, in plain words for the operator; None where it is."""
    untouched = _not_closed_so(closed) or _not_to_be_touched(closed)
    if untouched is not None:
        return untouched
    reopens = closed.policy.guard.mode(by_bot=closed.request.by_bot) is GuardMode.REOPEN
    return None if reopens else answered(closed)


def _not_closed_so(closed: Closed) -> str | None:
    issue, then = closed.snapshot.issue, closed.request.closed_at
    if issue.state is State.OPEN:
        return "it is open again"
    if closed_as(issue.state_reason) != "completed":
        return f"it is closed as {closed_as(issue.state_reason)}"
    if then is not None and issue.closed_at != then:
        return "it was closed anew"  # the newer closing has a look of its own
    return None


def _not_to_be_touched(closed: Closed) -> str | None:
    issue, guard = closed.snapshot.issue, closed.policy.guard
    if guard.mode(by_bot=closed.request.by_bot) is GuardMode.OFF:
        return "the policy does not guard it"
    if closed.snapshot.is_archived:
        return "the repository is archived"
    happened = happened_to(issue, closed.known)
    closings = [one for one in happened if one.what is Happening.CLOSED]
    if closings and max(closings, key=lambda one: one.at).hand is Hand.OURS:
        return "I closed it"
    said = contradiction(happened, commanded=closed.known.commanded)
    return said.text if said is not None and said.for_good else None


def answered(closed: Closed) -> str | None:
    """Which answer tells how the closing stands, in plain words for the operator; None where none does."""
    if closed.policy.on_merge and any(one.kind == LINKED_JOB for one in closed.waiting):
        return "a merge's assessment will tell"
    if closed.latest is not None and _answers(closed.latest, closed.snapshot.issue.closed_at):
        return "it was assessed since"
    again = [unpack(one.payload, AgainRequest) for one in closed.waiting if one.kind == AGAIN_JOB]
    promised = any(one.guard is None and not flags_again(one).looks_only for one in again)
    return "an answer that waits will tell" if promised else None


def _answers(latest: Assessment, closed_at: datetime | None) -> bool:
    asked, saw_it = latest.trigger, not latest.state.open
    whole = not asked.flags.looks_only and asked.kind is not TriggerKind.CLOSURE
    return whole and saw_it and closed_at is not None and latest.finished_at >= closed_at


def told_before(closed: Closed, own: tuple[OwnMark, ...]) -> Assessment | None:
    """The assessment whose answer stood there when a person closed the issue; None where there was none."""
    latest, then = closed.latest, closed.snapshot.issue.closed_at
    if closed.request.by_bot or latest is None or then is None or not own:
        return None
    stands = own[0].mark.assessment == latest.id
    return latest if stands and latest.finished_at <= then else None
