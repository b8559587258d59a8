"""Does a pattern stand in the code: nowhere, somewhere, or so many times, over the whole tree at a commit?

The repository is read as GitHub's tarball, checked against the tree that git itself lists: what the tarball leaves out
is read file by file or named, and "nowhere" is only said where nothing was left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from bot.assessment.evidence import Evidence, Origin, Outcome, Reason, Sha
from bot.github.models import TextFile, Tree
from bot.probes.asking import together
from bot.probes.contract import Context, Manual, Params, Question, Reader
from bot.probes.past import when_opened
from bot.probes.places import counted, empty_repository, listed
from bot.probes.sighting import Asked, Looked, Want, evidence_of, expected_of, judge, unreadable
from bot.scan.archive import ArchiveFault
from bot.scan.coverage import Coverage, coverage_of, merged, within
from bot.scan.globs import glob_fault
from bot.scan.kinds import RUNNING, FileKind
from bot.scan.matching import PatternSetFailed
from bot.scan.patterns import Match, Pattern, patterns_fault
from bot.scan.scanner import Budget, ScanResult, Search, Stop
from bot.scan.streaming import scan, scan_texts

MOST_FETCHED = 20
SCAN_BUDGET = Budget(time=timedelta(seconds=25))


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


PatternText = Annotated[str, StringConstraints(min_length=1, max_length=256)]
PatternTexts = Annotated[tuple[PatternText, ...], BeforeValidator(_as_list), Field(max_length=20, strict=False)]
Globs = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=256)], ...],
    BeforeValidator(_as_list),
    Field(max_length=50, strict=False),
]


class CodeParams(Params):
    """What is looked for, how it is read, and in which files."""

    shorthand: ClassVar[str] = "absent"

    absent: PatternTexts = Field(default=(), description="Patterns that must stand nowhere.")
    present: PatternTexts = Field(default=(), description="Patterns that must each stand somewhere.")
    count: PatternTexts = Field(default=(), description="Patterns whose occurrences together are counted.")
    min: int | None = Field(default=None, ge=0, description="With `count`: the least number of occurrences.")
    max: int | None = Field(default=None, ge=0, le=10_000, description="With `count`: the greatest number.")
    match: Match = Field(
        default=Match.LITERAL,
        strict=False,
        description="`literal` text; `word`: text that no longer name contains (a `*` at an end leaves it open); "
        "`regex`: RE2.",
    )
    ignore_case: bool = Field(default=False, description="Upper and lower case are the same.")
    unless: PatternTexts = Field(default=(), description="Longer texts inside which an occurrence does not count.")
    include: Globs = Field(default=(), description="Only files that one of these globs matches; `**` crosses folders.")
    exclude: Globs = Field(default=(), description="No files that one of these globs matches.")
    kinds: tuple[Annotated[FileKind, Field(strict=False)], ...] | None = Field(
        default=None,
        strict=False,
        description="Only occurrences in these kinds of files count, the others are listed. Without it: all kinds; "
        "for a claim found in prose, code and configuration.",
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
        faults = (patterns_fault(self.search.patterns), *map(glob_fault, (*self.include, *self.exclude)))
        if fault := next(filter(None, faults), None):
            raise ValueError(fault)
        return self

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
            exclude=self.exclude,
        )


async def _ask(question: Question, context: Context, budget: Budget) -> Evidence:
    params = question.params
    assert isinstance(params, CodeParams)
    by_claim = question.criterion.origin is Origin.CLAIM
    kinds = params.kinds if params.kinds is not None else (RUNNING if by_claim else tuple(FileKind))
    asked = Asked(want=params.want, search=params.search, kinds=kinds, least=params.min, most=params.max)
    head = context.snapshot.head
    if head is None:
        return empty_repository(context, expected=expected_of(asked))
    try:
        looked = await _look(context.reader, head, asked, budget)
    except (ArchiveFault, PatternSetFailed) as fault:
        return unreadable(asked, context, str(fault))
    judged = judge(asked, looked)
    evidence = evidence_of(asked, looked, judged, context)
    if judged.outcome is not Outcome.PASS or not question.ask_before:
        return evidence
    before = context.fix.before or await when_opened(context)
    if before == head:
        return _was_so(evidence, counted(judged.files, "file"))
    if before is None:  # all history is younger than the issue: nobody saw the claim fail
        return _was_so(evidence, "0 files") if by_claim and asked.want is Want.ABSENT else evidence
    return await _with_before(evidence, asked, (context.reader, before), budget)


def _was_so(evidence: Evidence, words: str) -> Evidence:
    """What held before the fix as well proves little."""
    observed = f"{evidence.observed} (and was so before: proves little)"
    return replace(evidence, before=words, decisive=False, reason=Reason.VACUOUS, observed=observed)


async def _look(reader: Reader, sha: Sha, asked: Asked, budget: Budget) -> Looked:
    tree = await reader.tree(sha)
    async with reader.tarball(sha) as chunks:
        result = await scan(chunks, asked.search, budget)
    coverage = within(coverage_of(_entries(tree), result, asked.search), asked.kinds)
    if 0 < len(coverage.left_out) <= MOST_FETCHED and result.stopped is None:
        result = merged(result, await _fetched(reader, sha, asked.search, budget, coverage.left_out))
        coverage = within(coverage_of(_entries(tree), result, asked.search), asked.kinds)
    unsure = _unsure(tree, result, coverage)
    return Looked(sha=sha, result=result, coverage=coverage, unsure=unsure)


def _entries(tree: Tree) -> Iterable[tuple[str, str]]:
    return ((entry.path, entry.mode) for entry in tree.entries)


async def _fetched(reader: Reader, sha: Sha, search: Search, budget: Budget, paths: tuple[str, ...]) -> ScanResult:
    """What stands in files that the tarball leaves out, read one by one."""
    contents = await together(reader.content(sha, path) for path in paths)
    texts = {content.path: content.text.encode() for content in contents if isinstance(content, TextFile)}
    return await scan_texts(texts, search, budget)


def _unsure(tree: Tree, result: ScanResult, coverage: Coverage) -> str | None:
    """Why "nowhere" may not be said, or None."""
    if result.stopped is not None:
        spent = {Stop.TIME: "time", Stop.BYTES: "size", Stop.FILES: "number of files"}[result.stopped]
        return f"the limit on {spent} was reached after {counted(result.files_read, 'file')}"
    if result.commit != tree.sha:
        return "the tarball was made from another commit"
    if tree.truncated:
        return "GitHub does not list the whole tree"
    if coverage.doubts:
        return f"{counted(len(coverage.doubts), 'file')} could not be looked at ({listed(coverage.doubts, 3)})"
    return None


async def _with_before(evidence: Evidence, asked: Asked, at: tuple[Reader, Sha], budget: Budget) -> Evidence:
    """The same question at the commit before the fix: "816 files" then; never failing then proves little."""
    reader, before = at
    try:
        async with reader.tarball(before) as chunks:
            result = await scan(chunks, asked.search, budget)
    except (ArchiveFault, PatternSetFailed):
        return evidence
    unsure = _unsure(Tree(sha=before, entries=(), truncated=False), result, Coverage())
    judged = judge(asked, Looked(sha=before, result=result, coverage=Coverage(), unsure=unsure))
    words = counted(judged.files, "file")
    match judged.outcome:
        case Outcome.FAIL:
            return replace(evidence, before=words, seen_failing=True)
        case Outcome.PASS:
            return _was_so(evidence, words)
        case _:
            return evidence


@dataclass(frozen=True, slots=True)
class CodeProbe:
    """Patterns in the whole tree."""

    kind: str = "code"
    params: type[Params] = CodeParams
    limit: timedelta = timedelta(seconds=60)
    slow: bool = True
    heavy: bool = True
    budget: Budget = SCAN_BUDGET
    manual: Manual = Manual(
        question="Does a pattern stand nowhere, somewhere, or so many times in the tree at the default branch's head?",
        example=(
            "- id: old_domain\n  title: The old domain is gone\n"
            '  code: {absent: ".staging.example.com", exclude: [docs/, CHANGELOG.md]}\n'
        ),
        outcomes=(
            (Outcome.PASS, "It stands as often as wanted, and everything that could hold it was looked at."),
            (Outcome.FAIL, "It stands where it should not, too often, too seldom, or nowhere."),
            (
                Outcome.ERROR,
                "Not all could be looked at (truncated listing, Git LFS, limits), so absence is not shown.",
            ),
            (Outcome.MISSING, "The repository is empty."),
        ),
    )

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about the patterns."""
        return await _ask(question, context, self.budget)


PROBE = CodeProbe()
