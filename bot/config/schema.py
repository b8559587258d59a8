"""The policy file's sections, version 1, as pydantic models: what may be written, with its bounds and defaults.

Criteria are not described here: each probe owns its own parameters (`criteria` reads them). What the sections mean to
the core is said in `sections`.
"""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from bot.assessment.evidence import NO_CATEGORY, Scope
from bot.assessment.policy import (
    LEARNING,
    ClaimsMode,
    FollowUpLink,
    FollowUpMode,
    GuardMode,
    HoldingMode,
    Level,
    Mode,
    RecordFormat,
    RecordMode,
    RecordPolicy,
)
from bot.assessment.record_paths import learning_template, template_trouble
from bot.config.short import ShortFor
from bot.probes.lasting import Lasting, Mistaken
from bot.probes.one_or_more import OrOne

VERSION = 1
MAX_CRITERIA = 50
MAX_PROFILES = 20
ID = r"^[a-z0-9][a-z0-9_.-]{0,63}$"  # what `--only` takes
_ONE_LINE = r"^[^\n]*$"
_LABEL = r"^[^,\n]*$"
_LOGIN = r"^[A-Za-z0-9][A-Za-z0-9-]*(\[bot\])?$"
_OURS = "resolution-bot/"  # how the branches begin from which the bot proposes
_BRANCH = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$"
# As `template_trouble` has it, for editors; that one says what is wrong, where a pattern only says that something is.
_FIRST, _NEXT = r"(?:[A-Za-z0-9_]|\{number\}|\{slug\})", r"(?:[A-Za-z0-9_.-]|\{number\}|\{slug\})"
_FOLDERS = rf"(?:{_FIRST}(?:{_NEXT}*(?:{_FIRST}|-))?/)*"
_RECORD = rf"^{_FOLDERS}(?:{_FIRST}{_NEXT}*)?\{{number\}}{_NEXT}*\."
FORMS = {
    ID: "at most 64 lower-case letters, digits, `-`, `_` and `.`",
    _ONE_LINE: "one line",
    _LABEL: "a label's name: one line without commas",
    _LOGIN: "a login such as renovate",
    _BRANCH: "a branch's name",
    r"^(head|[0-9a-f]{7,40})$": "`head`, or a commit's sha: 7 to 40 digits of 0-9 and a-f",
    r"^(head|latest|[0-9a-f]{7,40})$": "`head`, `latest`, or a commit's sha: 7 to 40 digits of 0-9 and a-f",
    r"^[0-9a-fA-F]{7,40}$": "a commit's sha: 7 to 40 digits of 0-9 and a-f",
    r"^[A-Za-z0-9._-]{1,100}\.ya?ml$": "the name of a workflow's file, such as `nightly.yml`, without its folder",
    r"^[A-Za-z_][A-Za-z0-9_-]{0,99}$": "the name of an input: letters, digits, `-` and `_`",
    r"^[a-z_]{1,50}$": "an event's name, such as `schedule` or `workflow_dispatch`",
    r"^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$": "a repository's name, such as `owner/name`",
    r"^[a-z][a-z0-9_]{0,30}$": "a name: at most 31 lower-case letters, digits and `_`, a letter first",
    r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$": "the organization's name as Sentry's URLs have it, such as `acme`",
    r"^(?:[A-Za-z0-9_][A-Za-z0-9_-]{0,98}-[A-Za-z0-9]{1,20}|[0-9]{1,19})$": "an issue of Sentry, such as `SHOP-1A2`",
    r"^[^\s/\\.][^\s/\\]{0,249}$": "one name without spaces and slashes, that begins with no dot",
    r"^[A-Za-z0-9._+-]{1,64}$": "a subprotocol's name, such as `graphql-ws`",
}
"""The patterns of this file and of the probes' parameters, in words. All but durations' are here: a test sees to it."""
Look = Annotated[timedelta, Lasting(most=timedelta(days=90))]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=_ONE_LINE)]
LabelName = Annotated[str, Field(min_length=1, max_length=50, pattern=_LABEL)]
LabelNames = Annotated[tuple[LabelName, ...], OrOne(), Field(strict=False, max_length=10)]
Login = Annotated[str, Field(min_length=1, max_length=60, pattern=_LOGIN)]
Environment = Annotated[str, Field(min_length=1, max_length=255, pattern=_ONE_LINE)]
LearningPath = Annotated[str, Field(max_length=200, json_schema_extra={"pattern": f"{_RECORD}(?:xml|md)$"})]
SummaryPath = Annotated[str, Field(max_length=200, json_schema_extra={"pattern": f"{_RECORD}md$"})]
FromTriage = Literal["triage", "write", "maintain", "admin"]


class Section(BaseModel):
    """A part of the policy file: strict in types and in keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PermissionsSection(Section):
    """The weakest role for each kind of command: stronger than usual, never weaker."""

    close: FromTriage = Field(default="triage", description="Whose `/assess-resolution` closes.")
    look: FromTriage = Field(default="triage", description="Who may ask for a dry run, besides author and assignees.")
    explain: FromTriage = Field(default="triage", description="Who may ask `/resolution explain` and `status`.")
    confirm: FromTriage = Field(default="triage", description="Who may say `/confirm-fixed`, besides the author.")
    waive: Literal["maintain", "admin"] = Field(default="maintain", description="Who may waive a criterion.")


class CloseSection(Section):
    """When it closes."""

    minimum_confidence: Level = Field(default=Level.MEDIUM, description="Closing needs at least this confidence.")
    max_age: Annotated[timedelta, Lasting(most=timedelta(days=365))] = Field(
        default=timedelta(days=7), description="Evidence older than this is weak: at least 1m and at most 365d."
    )
    after: Annotated[timedelta, Lasting(most=timedelta(days=30))] | None = Field(
        default=None,
        description="Announce the closing and wait so long for a veto: at least 1m and at most 30d.",
        examples=["24h"],
    )


class LabelsSection(Section):
    """Labels by their role; an absent role switches its feature off."""

    resolved: LabelNames = Field(default=(), description="Put on with the closing.", examples=["development-complete"])
    remove: LabelNames = Field(
        default=(), description="Taken off with the closing.", examples=[["actively-being-worked-on"]]
    )
    pending: LabelName | None = Field(default=None, description="On the issue while an answer waits for something.")
    hold: LabelNames = Field(
        default=(), description="While one of these is on it, an issue stays open.", examples=["do-not-close"]
    )
    regression: LabelName | None = Field(default=None, description="Put on what was closed and came back.")
    wrong: LabelName | None = Field(
        default=None, description="People put it on to contradict: then the app only advises there by itself."
    )


class GuardSection(Section):
    """Closings by others, as completed."""

    people: Annotated[GuardMode, Field(strict=False, description="After a person's closing.")] = GuardMode.OFF
    bots: Annotated[GuardMode, Field(strict=False, description="After a bot's closing.")] = GuardMode.OFF
    holding: Annotated[HoldingMode, Field(strict=False, description="What is said where a closing holds.")] = (
        HoldingMode.NOTE
    )


class FollowUpsSection(Section):
    """Failing operational criteria."""

    mode: Annotated[FollowUpMode, Field(strict=False, description="Name them in the answer, or file issues.")] = (
        FollowUpMode.LIST
    )
    link: Annotated[FollowUpLink, Field(strict=False, description="How a filed issue refers to its issue.")] = (
        FollowUpLink.SUB_ISSUE
    )
    labels: LabelNames = Field(default=(), description="Put on filed issues.", examples=["operations"])
    assignees: Annotated[tuple[Login, ...], OrOne(), Field(strict=False, max_length=10)] = Field(
        default=(), description="Who is assigned to filed issues."
    )


class RecordSection(Section):
    """The learning document that is written after a closure, and its summary."""

    mode: Annotated[
        RecordMode, Field(strict=False, description="Written at all? By a pull request, or straight to a branch.")
    ] = RecordMode.OFF
    format: Annotated[RecordFormat, Field(strict=False, description="XML, or Markdown.")] = RecordFormat.XML
    learning: LearningPath = Field(
        default=LEARNING, description="Where the learning document stands: `.xml`, or `.md` in Markdown."
    )
    summary: SummaryPath = Field(
        default=RecordPolicy().summary, description="Where the summary, which is Markdown, stands."
    )
    branch: Annotated[str, Field(pattern=_BRANCH)] | None = Field(
        default=None, description="The branch that it goes to; without it, the default branch."
    )

    @field_validator("learning")
    @classmethod
    def _learning(cls, path: str, info: ValidationInfo) -> str:
        form = info.data.get("format")  # missing where it has a fault itself
        return path if form is None else _record_path(path, form)

    @field_validator("summary")
    @classmethod
    def _summary(cls, path: str, info: ValidationInfo) -> str:
        given = {key: info.data[key] for key in ("format", "learning") if key in info.data}
        if path.lower() == learning_template(RecordPolicy(**given)).lower():
            raise ValueError("must be another path than that of the learning document")
        return _record_path(path, RecordFormat.MARKDOWN)

    @field_validator("branch")
    @classmethod
    def _target(cls, branch: str | None) -> str | None:
        if branch is not None and branch.startswith("refs/"):
            raise ValueError("must be the branch's name alone, without `refs/heads/`")
        if branch is not None and f"{branch.lower()}/".startswith(_OURS):
            raise ValueError(f"must not begin with `{_OURS}`: such branches are the bot's own")
        return branch


class DeployedSection(Section):
    """Where merged fixes are to run, and until when."""

    environment: Annotated[tuple[Environment, ...], OrOne(), Field(strict=False, min_length=1, max_length=5)] = Field(
        description="The environment, or several: in each of them.", examples=["production", ["staging", "production"]]
    )
    within: Annotated[timedelta, Lasting(most=timedelta(days=90))] = Field(
        default=timedelta(days=3), description="So long after the merge: at least 1m and at most 90d."
    )


def _record_path(path: str, form: RecordFormat) -> str:
    trouble = template_trouble(path, form)
    if trouble is not None:
        raise ValueError(trouble)
    return path


class LimitsSection(Section):
    """How much one assessment may take here: within the operator's limits, which stay above these."""

    seconds: int | None = Field(default=None, ge=10, le=3600, description="For all questions together.")
    probes: int | None = Field(default=None, ge=1, le=100, description="So many of the heavy ones at the same time.")


class ImpactSection(Section):
    """What the maintainers state about the business: shown as stated, never as measured."""

    segment: Line | None = Field(default=None, description="Whom it serves.", examples=["Platform"])
    goal: Line | None = Field(default=None, description="What it is good for.", examples=["operational stability"])
    revenue: Line | None = Field(default=None, description="What depends on it.", examples=["$500K+ ARR"])
    value: Line | None = Field(default=None, description="Why it matters, in a line.")


class InheritSection(Section):
    """In an organisation's file alone: what its repositories inherit beyond rules."""

    acting: bool = Field(
        default=False,
        description="Also what acts: `mode: act`, `guard: reopen`, filed follow-ups, records, notes, `deployed`,"
        " `watch`, `trusted_bots`.",
    )


class CriterionSection(Section):
    """What every criterion may say, beside the one key that is a probe's kind."""

    id: str | None = Field(default=None, pattern=ID, description="Its name, for `--only`; made from the question else.")
    title: Line | None = Field(default=None, description="What must hold, in a few words.")
    category: Annotated[Line, Field(max_length=60)] = Field(default=NO_CATEGORY, description="Groups rows.")
    scope: Scope = Field(default=Scope.DEVELOPMENT, description="Operational: somebody else's job; it does not block.")
    required: bool = Field(default=True, description="false: shown and weighed, never blocks.")
    weight: float = Field(default=1.0, gt=0, le=100, description="In the confidence.")
    before: bool = Field(default=True, description="Also ask at the commit before the fix, where that can be asked.")


class WhenSection(Section):
    """The issues that a profile is for: everything that is given must fit, any one of each."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    labels: LabelNames = Field(default=(), description="It has one of these labels.", examples=["hotfix"])
    type: Annotated[tuple[Line, ...], OrOne(), Field(strict=False, max_length=10)] = Field(
        default=(), description="Its issue type is one of these.", examples=["Bug"]
    )
    title: Annotated[tuple[Line, ...], OrOne(), Field(strict=False, max_length=10)] = Field(
        default=(), description="Its title fits; `*` stands for anything, case does not count.", examples=["*infra*"]
    )

    @model_validator(mode="after")
    def _something(self) -> "WhenSection":
        if not (self.labels or self.type or self.title):
            raise ValueError("says nothing: give `labels`, `type` or `title`")
        return self


class ProfileSection(Section):
    """A profile, without its criteria."""

    when: WhenSection | None = Field(default=None, description="Chosen for these issues by itself; the first one wins.")


class PolicySection(Section):
    """The whole file, without what stands in its criteria."""

    version: Literal[1] = Field(description="The version of this schema.")
    mode: Mode = Field(
        default=Mode.ADVISE, description="act: automatic triggers may close as well. A person's command always may."
    )
    claims: ClaimsMode = Field(
        default=ClaimsMode.REQUIRE,
        description="What becomes of claims in closing statements: must hold, are shown, or are not looked for.",
    )
    permissions: PermissionsSection = Field(default=PermissionsSection(), description="Who may do what.")
    close: CloseSection = Field(default=CloseSection(), description="When an issue may be closed.")
    labels: LabelsSection = Field(default=LabelsSection(), description="Labels by their role.")
    on_merge: bool = Field(default=True, description="Assess the issues of a merged pull request.")
    preview: bool = Field(
        default=False, description="Say on every push to a pull request what its issues would still lack."
    )
    guard: Annotated[GuardSection, ShortFor("people", "bots")] = Field(
        default=GuardSection(), description="What becomes of closings by others."
    )
    follow_ups: Annotated[FollowUpsSection, ShortFor("mode")] = Field(
        default=FollowUpsSection(), description="What becomes of failing operational criteria."
    )
    record: Annotated[RecordSection, ShortFor("mode")] = Field(
        default=RecordSection(), description="The learning document after a closure."
    )
    watch: Annotated[tuple[Look, ...], OrOne(), Field(strict=False, max_length=5)] = Field(
        default=(),
        description="When a closed issue is looked at again: moments after the closing in their order, each once, at"
        " least 1m and at most 90d; without this key 1h, 1d, 7d where the file has `criteria`, and with `[]` never.",
        examples=[["1h", "1d", "7d"], []],
    )
    cross_reference: bool = Field(default=False, description="Leave a note on related issues.")
    deployed: DeployedSection | None = Field(
        default=None, description="One note on the issues of a merged pull request that does not run there in time."
    )
    limits: LimitsSection = Field(default=LimitsSection(), description="How much one assessment may take.")
    trusted_bots: tuple[Login, ...] = Field(default=(), max_length=20, description="Bots whose commands count.")
    business_impact: ImpactSection | None = Field(
        default=None, description="What the maintainers state; shown as stated, never as measured."
    )
    inherit: InheritSection = Field(
        default=InheritSection(), description="In an organisation's file alone: what its repositories inherit."
    )

    @field_validator("watch", mode="wrap")
    @classmethod
    def _watch(cls, value: object, read: ValidatorFunctionWrapHandler) -> tuple[timedelta, ...]:
        moments: tuple[timedelta, ...] = read(value)
        said = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
        return _in_order(moments, said)


def _in_order(moments: tuple[timedelta, ...], said: list[str]) -> tuple[timedelta, ...]:
    """The moments, where each is there once and none after a later one: else somebody may have meant pauses."""
    ordered = sorted(zip(moments, said, strict=True))
    for (moment, one), (next_moment, other) in pairwise(ordered):
        if moment == next_moment:
            both = f"{one} twice" if one == other else f"{one} and {other}, which is the same"
            raise Mistaken(f"must name each moment once, and has {both}")
    right = [one for _, one in ordered]
    if right != said:
        raise Mistaken("must be in the order of time, each counted from the closing", f"[{', '.join(right)}]")
    return moments
