"""What the judgement knows beside the evidence: the moment, the commit, whether the fix is deployed, what remains."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.assessment.evidence import Sha


class Deployed(StrEnum):
    """Was the fix seen in a live deployment?"""

    SEEN = "seen"
    NOT_SEEN = "not-seen"  # deployments exist, none of the live ones is known to contain the fix
    NONE_EXIST = "none-exist"  # nothing is ever deployed from here: no weakness
    UNKNOWN = "unknown"  # deployments could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The frame of one judgement. `commit` is the commit that was assessed, None where nobody can say.

    `partial` holds plain sentences that say what the statement or the task list itself leaves open.
    """

    now: datetime
    max_age: timedelta
    commit: Sha | None
    deployed: Deployed = Deployed.NONE_EXIST
    partial: tuple[str, ...] = ()
