"""What a job of ours is asked to do, as a value that survives restarts. Fields are only ever added, with a default."""

from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

import msgspec

from bot.assessment.policy import FollowUpPolicy, RecordPolicy
from bot.assessment.regression import Sighting
from bot.assessment.waiver import Waiver
from bot.assessment.watching import Subject
from bot.engine.contract import Json


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The issue, and the installation through which we may touch it (0: a person's token)."""

    installation: int
    repository_id: int
    owner: str
    name: str
    number: int

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def key(self) -> str:
        """One issue's turn; the repository's id survives renames."""
        return issue_key(self.repository_id, self.number)


def issue_key(repository_id: int, number: int) -> str:
    """What is kept of an issue is kept under this key; see `Place.key`."""
    return f"{repository_id}/{number}"


class AskedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The comment that holds the command.

    `is_bot`: an app wrote it, in its own name or in a person's; it is answered with assessments alone.
    `bot_account`: the account is a bot's; a person who has the name of a trusted bot is not that bot.
    """

    id: int
    node_id: str
    url: str
    body: str
    login: str
    is_bot: bool
    at: datetime
    bot_account: bool = False


class CommandRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody gave a command in a comment."""

    place: Place
    comment: AskedIn
    issue_node: str
    issue_author: str | None
    assignees: tuple[str, ...]
    is_pull: bool


class MergeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request was merged, at `merged_at`; its linked issues are to be looked up.

    `place.number` is the pull request's.
    """

    place: Place
    merged_by: str | None
    merged_at: datetime | None = None  # requests of earlier versions do not say


class LinkedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An issue that a merged pull request closes, or only refers to.

    `joined` are others that were merged at the same time and are answered with it; `closes`: one of them does. `after`
    counts how often all of them have come back, after they had made way for what waited. `since`: whoever speaks after
    this moment and this comment (id) has not been heard, whenever it is looked at; None in what earlier versions left.
    """

    place: Place
    pull: int
    pull_url: str
    closes: bool
    joined: tuple[int, ...] = ()
    after: int = 0
    since: tuple[datetime, int] | None = None


class PushRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request was opened or pushed to: its head is this commit. `place.number` is the pull request's.

    `look` counts the looks after the first.
    """

    place: Place
    head: str
    look: int = 0


class WaiverEndRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A waiver comes to its end. `issue_node` is for what is said where nothing can be assessed.

    `silent_since` is when GitHub first did not tell what is needed, where that is why it comes so late.
    """

    place: Place
    issue_node: str
    waiver: Waiver
    silent_since: datetime | None = None


class ForgetRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An issue was reopened, deleted or transferred at this moment."""

    place: Place
    at: datetime


class GuardRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else has closed an issue as completed: who (None: an account that is gone), and when that was."""

    place: Place
    by: str | None
    by_bot: bool
    closed_at: datetime | None


class Watchable(msgspec.Struct, frozen=True, kw_only=True):
    """What of an issue is worth a look after its closing: the criteria that can fall back, by id.

    `subjects`: of what each tells. `asks`: the fingerprint of what each asks. `fix` are the commits of the fix,
    `ladder` is when the policy wants it looked at, counted from the closing.
    """

    subjects: dict[str, Subject] = {}
    asks: dict[str, str] = {}
    fix: tuple[str, ...] = ()
    ladder: tuple[timedelta, ...] = ()


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy wants done once an issue is closed; `acts`: automatic triggers may change things, too."""

    acts: bool = False
    follow_ups: FollowUpPolicy = FollowUpPolicy()
    record: RecordPolicy = RecordPolicy()
    cross_reference: bool = False
    watch: Watchable = Watchable()


class AftermathRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An assessment has ended with a closed issue: what is still owed, by the policy that it was judged by.

    `assessment` is its id in the archive; `issue_node` and `comment` (node ids) are the issue and our answer, `write`
    is the key of the write that made the answer, `extra` what is said below it. `acting`: a person asked for it, or
    the policy lets me act by myself; else what would change anything is only named. `part` is the one that is to be
    done, `told` how many actions our answer told of then.
    """

    place: Place
    assessment: str
    issue_node: str
    comment: str
    write: str
    extra: str
    acting: bool
    wishes: Wishes
    part: str | None = None  # requests of earlier versions are for all of them
    told: int = 0


class WatchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A closed issue is to be looked at again, at `due`.

    `root` is the job that began the watch, `look` counts its looks, `tries` those since the planned one. `by` is the
    moment until which the watched closing had happened, `ladder` the moments that were promised. `asked`: a person did,
    whatever the policy says. `profile` chooses the criteria, `held` is how they were at the closing, `environment` is
    where the fix ran then. `suspects` are what failed in the look right before. Our answer (node id `comment`, made by
    `write`) is where it is said; `told_apart`: it says already that something fails where the fix is not. `put_off`:
    the breaker held back what the look before has found; `explained` (node id) says so, where it was said already.
    """

    place: Place
    root: str
    issue_node: str
    comment: str
    write: str
    by: datetime
    due: datetime
    ladder: tuple[datetime, ...]
    watchable: Watchable
    held: tuple[Sighting, ...]
    asked: bool = False
    profile: str | None = None
    environment: str | None = None
    look: int = 0
    tries: int = 0
    suspects: tuple[Sighting, ...] = ()
    told_apart: bool = False
    put_off: bool = False
    explained: str | None = None


class AuditRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An admin wants the closed issues audited; `place` and `issue_node` are the issue that the summary goes into.

    `root` is the first job's id. `limit` is what the operator allows of what was asked, which was `wanted`; `cut`: that
    was more. `comment` (node id) is what we write into, None until it has begun. `batch` counts the jobs, `edits` what
    was written of the progress and `shown` its tenths; `silent` counts the jobs in a row in which GitHub was silent.
    """

    place: Place
    issue_node: str
    root: str
    by: str
    limit: int
    since: datetime | None = None
    cut: bool = False
    comment: str | None = None
    batch: int = 0
    edits: int = 0
    shown: int = 0
    silent: int = 0
    wanted: int | None = None


class PromiseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An issue's fix was merged by a pull request and is to be deployed; `place` is the issue.

    `environments` are what the policy said last, `due` is when it must run there. `look` counts the looks, until
    `rests` there is none. `held`: a deployment on its way was waited for already. `note` (node id) is what we said;
    until `until` it may get a line that it came true after all.
    """

    place: Place
    pull: int
    environments: tuple[str, ...]
    due: datetime
    look: int = 0
    rests: datetime | None = None
    held: bool = False
    note: str | None = None
    until: datetime | None = None

    @property
    def root(self) -> str:
        """The same for every job about this pull request and issue."""
        return f"promise:{self.place.repository_id}:{self.pull}:{self.place.number}"


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow run that was started for a criterion; see `bot.probes.contract.Dispatched`."""

    criterion: str
    at: datetime
    until: datetime
    run: int | None = None
    by: str | None = None
    refused: str | None = None


class Awaiting(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion that is waited for: what for, in plain words, and until when."""

    criterion: str
    what: str
    until: datetime


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """A closing that is announced: until when people may object, and to what, by the comment's node id.

    `since`: whoever speaks after this moment and this comment (id) has not been heard; nor who edits after `at`.
    """

    until: datetime
    at: datetime
    since: tuple[datetime, int]
    comment: str
    reporter: str | None = None


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What an assessment that waits carries from one look to the next.

    `root` is the job that was asked for, `begun` is when it first looked. `look` counts the looks after its own,
    `polls` those that nothing had called for, `poll_at` is when the next of these is due. `comment` (node id) is the
    answer that promised to go on, `told` is what it says. `promised` has the ends of waiting, by criterion, also of
    those that wait no longer; `awaits` are those that do. Until `rests` nothing is looked at, whatever happens.
    `announced` is the closing that it will come to. `since`: whoever speaks after this moment and this comment (id) was
    not heard by the first look, whatever later ones see; None in what earlier versions left.
    """

    root: str
    begun: datetime
    look: int
    polls: int
    poll_at: datetime
    issue_node: str
    comment: str
    told: tuple[str, ...]
    promised: dict[str, datetime]
    rests: datetime | None = None
    started: tuple[Started, ...] = ()
    awaits: tuple[Awaiting, ...] = ()
    announced: Announced | None = None
    since: tuple[datetime, int] | None = None


def heard_until(errand: Errand | None) -> tuple[datetime, int] | None:
    """Up to which moment and comment (id) people were heard by the first look; None: that look is still to come.

    What earlier versions left does not say: nobody who spoke after that look had begun counts as heard.
    """
    if errand is None:
        return None
    return errand.since or (errand.begun.replace(microsecond=0), 0)


class AgainRequest(msgspec.Struct, frozen=True, kw_only=True):
    """To go on with what was asked by a command, set off by a merge, a waiver's end or a closing: one of them."""

    errand: Errand
    command: CommandRequest | None = None
    linked: LinkedRequest | None = None
    waiver_end: WaiverEndRequest | None = None
    guard: GuardRequest | None = None

    @property
    def place(self) -> Place:
        """The issue."""
        asked = self.command or self.linked or self.waiver_end or self.guard
        assert asked is not None
        return asked.place


Request: TypeAlias = (
    CommandRequest
    | MergeRequest
    | LinkedRequest
    | PushRequest
    | WaiverEndRequest
    | GuardRequest
    | AgainRequest
    | AftermathRequest
    | AuditRequest
    | ForgetRequest
    | PromiseRequest
    | WatchRequest
)
R = TypeVar("R", bound=Request)


def pack(request: Request) -> Json:
    """The request as a job's payload."""
    packed: Json = msgspec.to_builtins(request)
    return packed


def unpack(payload: Json, kind: type[R]) -> R:
    """Reads what `pack` wrote of a request of this kind; raises `msgspec.ValidationError`."""
    return msgspec.convert(payload, kind)
