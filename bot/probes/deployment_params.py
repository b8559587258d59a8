"""How an environment is asked about: the parameters of the probe `deployment`."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from bot.assessment.spans import span_of
from bot.assessment.watching import Subject
from bot.probes.contract import Params
from bot.probes.lasting import HOUR, Lasting


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
    within: Annotated[str, Lasting(most=timedelta(days=365))] | None = Field(
        default=None,
        description="The live deployment may be so old at most: `12h`, `7d`; at least 1m and at most 365d.",
    )

    wait: Annotated[str, Lasting(least=HOUR, most=timedelta(days=90), zero=True)] = Field(
        default="7d",
        description="How long an environment that is live with what came before the fix is waited for, such as `24h`; "
        "from the moment when the fix came to the default branch: at least 1h and at most 90d, or 0 for not at all.",
    )

    @property
    def patience(self) -> timedelta:
        """How long it is waited for that the environment reaches the fix."""
        return span_of(self.wait)

    @property
    def most_age(self) -> timedelta | None:
        """How old the live deployment may be."""
        return None if self.within is None else span_of(self.within)
