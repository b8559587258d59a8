"""How an environment is asked about: the parameters of the probe `deployment`."""

import re
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from bot.assessment.watching import Subject
from bot.probes.contract import Params
from bot.probes.since import span_of

_AGE = re.compile(r"([1-9][0-9]{0,3})([mhdw])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class DeploymentParams(Params):
    """Which environment, and what it must run."""

    shorthand: ClassVar[str] = "environment"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = False
    subject: ClassVar[Subject] = Subject.ITSELF

    environment: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="The environment's name, such as `production`; without it, any that is live, a preview as well.",
    )
    commit: str | None = Field(
        default=None,
        pattern=r"^[0-9a-fA-F]{7,40}$",
        description="The commit that must be deployed, or its first 7 digits or more; without it, the whole fix.",
    )
    within: str | None = Field(
        default=None,
        pattern=rf"^{_AGE.pattern}$",
        description="The live deployment may be so old at most: `12h`, `7d`.",
    )

    wait: str = Field(
        default="7d",
        pattern=r"^(0|[1-9][0-9]{0,2}[hd])$",
        description="How long an environment that is live with what came before the fix is waited for, such as `24h`; "
        "from the moment when the fix came to the default branch. `0`: not at all.",
    )

    @property
    def patience(self) -> timedelta:
        """How long it is waited for that the environment reaches the fix."""
        return timedelta() if self.wait == "0" else span_of(self.wait)

    @property
    def most_age(self) -> timedelta | None:
        """How old the live deployment may be."""
        found = _AGE.fullmatch(self.within or "")
        return int(found[1]) * _UNITS[found[2]] if found else None
