"""The policy file's sections, version 1, as pydantic models: what may be written, with its bounds and defaults.

Criteria are not described here: each probe owns its own parameters (`criteria` reads them).
"""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.assessment.evidence import NO_CATEGORY, Scope
from bot.assessment.policy import ClaimsMode, ImpactPolicy, LabelPolicy, Level, Mode, Role

VERSION = 1
MAX_CRITERIA = 50
MAX_PROFILES = 20
ID = r"^[a-z0-9][a-z0-9_.-]{0,63}$"  # what `--only` takes
_ONE_LINE = r"^[^\n]*$"
_LABEL = r"^[^,\n]*$"
_LOGIN = r"^[A-Za-z0-9][A-Za-z0-9-]*(\[bot\])?$"
FORMS = {
    ID: "at most 64 lower-case letters, digits, `-`, `_` and `.`",
    _ONE_LINE: "one line",
    _LABEL: "a label's name: one line without commas",
    _LOGIN: "a login such as renovate",
    r"^(head|[0-9a-f]{7,40})$": "`head`, or a commit's sha: 7 to 40 digits of 0-9 and a-f",
    r"^(head|latest|[0-9a-f]{7,40})$": "`head`, `latest`, or a commit's sha: 7 to 40 digits of 0-9 and a-f",
    r"^[0-9a-fA-F]{7,40}$": "a commit's sha: 7 to 40 digits of 0-9 and a-f",
    r"^[1-9][0-9]{0,2}(h|d)$": "a duration such as `12h` or `7d`",
    r"^[1-9][0-9]{0,2}(m|h)$": "a duration such as `30m` or `2h`",
    r"^([1-9][0-9]{0,3})([mhd])$": "a duration such as `30m`, `12h` or `7d`",
    r"^([1-9][0-9]{0,3})([mhdw])$": "a duration such as `30m`, `12h`, `7d` or `2w`",
    r"^[A-Za-z0-9._-]{1,100}\.ya?ml$": "the name of a workflow's file, such as `nightly.yml`, without its folder",
    r"^[A-Za-z_][A-Za-z0-9_-]{0,99}$": "the name of an input: letters, digits, `-` and `_`",
    r"^[a-z_]{1,50}$": "an event's name, such as `schedule` or `workflow_dispatch`",
    r"^[\w.-]{1,100}/[\w.-]{1,100}$": "a repository's name, such as `owner/name`",
    r"^[a-z][a-z0-9_]{0,30}$": "a name: at most 31 lower-case letters, digits and `_`, a letter first",
    r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$": "the organization's name as Sentry's URLs have it, such as `acme`",
    r"^(?:[A-Za-z0-9_][A-Za-z0-9_-]{0,98}-[A-Za-z0-9]{1,20}|[0-9]{1,19})$": "an issue of Sentry, such as `SHOP-1A2`",
    r"^[^\s/\\.][^\s/\\]{0,249}$": "one name without spaces and slashes, that begins with no dot",
    r"^[A-Za-z0-9._+-]{1,64}$": "a subprotocol's name, such as `graphql-ws`",
}
"""The patterns of this file and of the probes' parameters, in words. Every one is here: a test sees to it."""
_DURATION = re.compile(r"([1-9][0-9]{0,3})(m|h|d|w)\Z")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def _duration(text: object) -> timedelta:
    found = _DURATION.match(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("must be a duration such as 30m, 12h, 7d or 2w")
    return int(found[1]) * _UNITS[found[2]]


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=_ONE_LINE)]
LabelName = Annotated[str, Field(min_length=1, max_length=50, pattern=_LABEL)]
Login = Annotated[str, Field(min_length=1, max_length=60, pattern=_LOGIN)]


class Section(BaseModel):
    """A part of the policy file: strict in types and in keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CloseSection(Section):
    """When it closes, and on whose word."""

    minimum_confidence: Level = Field(default=Level.MEDIUM, description="Closing needs at least this confidence.")
    role: Literal["triage", "write", "maintain", "admin"] = Field(
        default="triage", description="Whose command closes: this role, or a stronger one."
    )
    max_age: Duration = Field(default=timedelta(days=7), description="Evidence older than this is weak.")


class LabelsSection(Section):
    """Labels that a closing changes, and that hold an issue open."""

    add: tuple[LabelName, ...] = Field(default=(), max_length=10)
    remove: tuple[LabelName, ...] = Field(default=(), max_length=10)
    hold: tuple[LabelName, ...] = Field(default=(), max_length=10)


class ImpactSection(Section):
    """What the maintainers state about the business."""

    segment: Line | None = None
    goal: Line | None = None
    revenue: Line | None = None
    value: Line | None = None


class CriterionSection(Section):
    """What every criterion may say, beside the one key that is a probe's kind."""

    id: str | None = Field(default=None, pattern=ID, description="Its name, for `--only`; made from the question else.")
    title: Line | None = None
    category: Annotated[Line, Field(max_length=60)] = NO_CATEGORY
    scope: Scope = Scope.DEVELOPMENT
    required: bool = True
    weight: float = Field(default=1.0, gt=0, le=100)
    before: bool = Field(default=True, description="Also ask at the commit before the fix, where that can be asked.")


class PolicySection(Section):
    """The whole file, without what stands in its criteria."""

    version: Literal[1]
    mode: Mode = Mode.ADVISE
    claims: ClaimsMode = ClaimsMode.REQUIRE
    close: CloseSection = CloseSection()
    labels: LabelsSection = LabelsSection()
    on_merge: bool = True
    trusted_bots: tuple[Login, ...] = Field(default=(), max_length=20)
    business_impact: ImpactSection | None = None

    @property
    def role(self) -> Role:
        """Whose command closes."""
        return Role(self.close.role)

    @property
    def label_policy(self) -> LabelPolicy:
        """The labels as a value of the core."""
        return LabelPolicy(add=self.labels.add, remove=self.labels.remove, hold=self.labels.hold)

    @property
    def impact(self) -> ImpactPolicy | None:
        """The stated impact as a value of the core."""
        stated = self.business_impact
        if stated is None:
            return None
        return ImpactPolicy(segment=stated.segment, goal=stated.goal, revenue=stated.revenue, value=stated.value)
