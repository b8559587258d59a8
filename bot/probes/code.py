"""Does a pattern stand in the code: nowhere, somewhere, or so many times, over the whole tree at a commit?

All such questions of an assessment share one pass over the tree (`bot.probes.trees`), and the tree before the fix is
read at the same time: "2,309 files" then and none now is worth more than none now.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from bot.assessment.evidence import Evidence, Measure, Origin, Outcome, Reason, Sha
from bot.assessment.watching import Subject
from bot.github.errors import GitHubError, RateLimited
from bot.probes.asking import both
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.one_or_more import OrOne
from bot.probes.past import when_opened
from bot.probes.places import counted, empty_repository
from bot.probes.sighting import POLICY, Asked, Judged, Want, evidence_of, expected_of, judge, no_such_commit, unreadable
from bot.probes.trees import Looked, Scans, Sought
from bot.scan.archive import ArchiveFault
from bot.scan.globs import glob_fault
from bot.scan.kinds import RUNNING, FileKind
from bot.scan.matching import PatternSetFailed
from bot.scan.patterns import Match, Pattern, patterns_fault
from bot.scan.scanner import Search

PatternText = Annotated[str, StringConstraints(min_length=1, max_length=256)]
PatternTexts = Annotated[tuple[PatternText, ...], OrOne(), Field(max_length=20, strict=False)]
Kinds = tuple[Annotated[FileKind, Field(strict=False)], ...]
Globs = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=256)], ...],
    OrOne(),
    Field(max_length=50, strict=False),
]


class CodeParams(Params):
    """What is looked for, how it is read, and in which files."""

    shorthand: ClassVar[str] = "absent"
    outside: ClassVar[bool] = False
    subject: ClassVar[Subject] = Subject.BRANCH

    absent: PatternTexts = Field(default=(), description="Patterns that must stand nowhere.")
    present: PatternTexts = Field(default=(), description="Patterns that must each stand somewhere.")
    count: PatternTexts = Field(default=(), description="Patterns whose occurrences together are counted.")
    min: int | None = Field(default=None, ge=0, description="With `count`: the least number of occurrences.")
    max: int | None = Field(default=None, ge=0, le=10_000, description="With `count`: the greatest number.")
    match: Match = Field(
        default=Match.LITERAL,
        strict=False,
        description="`literal` text, which may span lines; `word`: text that no longer name contains (a `*` at an end "
        "leaves it open); `regex`: RE2, which matches within one line.",
    )
    ignore_case: bool = Field(default=False, description="Upper and lower case are the same.")
    unless: PatternTexts = Field(default=(), description="Longer texts inside which an occurrence does not count.")
    include: Globs = Field(default=(), description="Only files that one of these globs matches; `**` crosses folders.")
    exclude: Globs = Field(
        default=(),
        description="No files that one of these globs matches. The policy, `.github/resolution.yml`, is never counted: "
        "it holds the question itself.",
    )
    kinds: Kinds | None = Field(
        default=None,
        strict=False,
        description="Only occurrences in these kinds of files count, the others are listed. Without it: all kinds; "
        "for a claim found in prose, code and configuration.",
    )
    exclude_kinds: Annotated[Kinds, OrOne()] = Field(
        default=(),
        strict=False,
        description="Occurrences in these kinds of files do not count, but are listed: "
        "`[generated, vendored, archive]`. Told by folder and name (`node_modules/`, `vendor/`, `dist/`, `*.min.js`), "
        "by `@generated` at a file's head, and by `linguist-…` in `.gitattributes`.",
    )
    at: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="A commit, tag or branch to look at instead of the default branch's head.",
    )

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "CodeParams":
        if sum(map(bool, (self.absent, self.present, self.count))) != 1:
            raise ValueError("name patterns under exactly one of `absent`, `present` and `count`")
        bounded = self.min is not None or self.max is not None
        if bounded != bool(self.count):
            raise ValueError("`count` goes with `min` or `max`, and they with it")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is greater than `max`")
        if self.kinds is not None and self.exclude_kinds:
            raise ValueError("`kinds` and `exclude_kinds` exclude each other: name one of them")
        faults = (patterns_fault(self.search.patterns), *map(glob_fault, (*self.include, *self.exclude)))
        if fault := next(filter(None, faults), None):
            raise ValueError(fault)
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom="the files of the repository", at=self.at or "head", past=True)

    @property
    def want(self) -> Want:
        """Which of the three is asked."""
        if self.absent:
            return Want.ABSENT
        return Want.PRESENT if self.present else Want.COUNT

    @property
    def search(self) -> Search:
        """What the scan looks for."""
        texts = self.absent or self.present or self.count
        return Search(
            patterns=tuple(
                Pattern(text=text, match=self.match, ignore_case=self.ignore_case, unless=self.unless) for text in texts
            ),
            include=self.include,
            exclude=(*self.exclude, POLICY),
        )


def _asked(params: CodeParams, *, by_claim: bool) -> Asked:
    kinds = params.kinds
    if kinds is None:
        kinds = RUNNING if by_claim else tuple(FileKind)
    kinds = tuple(kind for kind in kinds if kind not in params.exclude_kinds)
    return Asked(want=params.want, search=params.search, kinds=kinds, least=params.min, most=params.max, at=params.at)


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, CodeParams)
    by_claim = question.criterion.origin is Origin.CLAIM
    asked = _asked(params, by_claim=by_claim)
    head = context.snapshot.head
    if head is None:
        return empty_repository(context, expected=expected_of(asked))
    sha = head if params.at is None else await _commit(params.at, context)
    if sha is None:
        return no_such_commit(asked, context)
    scans = context.scans or Scans(context.reader)
    try:
        looked, past = await both(
            scans.look(sha, Sought(search=asked.search, kinds=asked.kinds)),
            _past(question, context, scans, sha),
        )
    except (ArchiveFault, PatternSetFailed) as fault:
        return unreadable(asked, context, str(fault))
    judged = judge(asked, looked)
    evidence = replace(evidence_of(asked, looked, judged, context), measures=_measures(judged, looked))
    if judged.outcome is not Outcome.PASS or not question.ask_before:
        return evidence
    return _with_past(evidence, asked, judged, past, by_claim=by_claim)


async def _commit(at: str, context: Context) -> Sha | None:
    commit = await context.reader.commit(at)
    return commit.oid if commit else None


def _measures(judged: Judged, looked: Looked) -> tuple[Measure, ...]:
    """Numbers only where everything was counted."""
    if looked.result.stopped is not None:
        return ()
    return (
        Measure(name="occurrences", value=judged.occurrences, unit="occurrences"),
        Measure(name="files", value=judged.files, unit="files"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """The tree before the fix; where no fix is known, when the issue was opened.

    `same`: it is the very tree that is asked about. `looked` is None where nothing is known of it; `young`: because
    all history is younger than the issue.
    """

    same: bool = False
    young: bool = False
    looked: Looked | None = None


async def _past(question: Question, context: Context, scans: Scans, sha: Sha) -> _Past:
    if not question.ask_before:
        return _Past()
    params = question.params
    assert isinstance(params, CodeParams)
    try:
        before = context.fix.before or await when_opened(context)
        if before is None or before == sha:
            return _Past(same=before == sha, young=before is None)
        return _Past(looked=await scans.look(before, Sought(search=params.search, kinds=(), completely=False)))
    except RateLimited:
        raise
    except (ArchiveFault, PatternSetFailed, GitHubError):
        return _Past()  # the answer for today stands alone


def _with_past(evidence: Evidence, asked: Asked, judged: Judged, past: _Past, *, by_claim: bool) -> Evidence:
    """The same question at the commit before the fix: "816 files" then; never failing then proves little."""
    if past.same:
        return _was_so(evidence, counted(judged.files, "file"))
    if past.looked is None:  # where all history is younger than the issue, nobody saw the claim fail
        vacuous = past.young and by_claim and asked.want is Want.ABSENT
        return _was_so(evidence, "0 files") if vacuous else evidence
    before = judge(asked, past.looked)
    words = counted(before.files, "file")
    match before.outcome:
        case Outcome.FAIL:
            return replace(evidence, before=words, seen_failing=True)
        case Outcome.PASS:
            return _was_so(evidence, words)
        case Outcome.MISSING:
            return _was_so(evidence, before.words)
        case _:
            return evidence


def _was_so(evidence: Evidence, words: str) -> Evidence:
    """What held before the fix as well proves little."""
    observed = f"{evidence.observed} (and was so before: proves little)"
    return replace(evidence, before=words, decisive=False, reason=Reason.VACUOUS, observed=observed)


@dataclass(frozen=True, slots=True)
class CodeProbe:
    """Patterns in the whole tree."""

    kind: str = "code"
    params: type[Params] = CodeParams
    limit: timedelta = timedelta(seconds=60)
    slow: bool = True
    heavy: bool = False  # passes have places of their own, and who waits for one must not come late to share it
    manual: Manual = Manual(
        question="Does a pattern stand nowhere, somewhere, or so many times in the tree at a commit?",
        example=(
            "- id: old_domain\n  title: The old domain is gone\n"
            '  code: {absent: ".staging.example.com", exclude: [docs/], exclude_kinds: [changelog, vendored]}\n'
        ),
        outcomes=(
            (Outcome.PASS, "It stands as often as wanted, and everything that could hold it was looked at."),
            (Outcome.FAIL, "It stands where it should not, too often, too seldom, or nowhere."),
            (
                Outcome.ERROR,
                "Not all could be looked at (truncated listing, Git LFS, limits), so absence is not shown.",
            ),
            (Outcome.MISSING, "The repository is empty, there is no such commit, or no file matches the globs."),
        ),
    )

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about the patterns."""
        return await _ask(question, context)


PROBE = CodeProbe()
