"""What a search of the code says about a question: held against what is wanted, and put into words. Pure.

Rules:
1. What was found counts, even where not all was looked at; "nowhere" needs that everything was looked at.
2. Only occurrences in the kinds of files that were asked for count; the others are listed by kind.
3. What was not looked at is named. Where the globs select no file at all, nothing was looked at, and nothing is shown.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Sha, Source
from bot.probes.contract import Context
from bot.probes.places import at_head, branch_of, counted, file_url, listed, short
from bot.probes.trees import Looked
from bot.scan.coverage import Coverage
from bot.scan.hits import FileHits
from bot.scan.kinds import FileKind
from bot.scan.scanner import ScanResult, Search, Stop

MOST_SHOWN = 20
POLICY = "/.github/resolution.yml"
"""Holds the question itself, with its patterns: never looked at."""


class Want(StrEnum):
    """What is asked about the patterns."""

    ABSENT = "absent"
    PRESENT = "present"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question with its kinds of files decided."""

    want: Want
    search: Search
    kinds: tuple[FileKind, ...]
    least: int | None = None
    most: int | None = None
    at: str | None = None

    @property
    def names(self) -> str:
        """The patterns, for people."""
        return listed(tuple(f"`{pattern.text}`" for pattern in self.search.patterns))

    @property
    def places(self) -> str:
        """Which files count, for people."""
        lacking = tuple(kind.value for kind in FileKind if kind not in self.kinds)
        kinds = f" in {listed(tuple(kind.value for kind in self.kinds), 9)}" if lacking else ""
        if 0 < len(lacking) < len(self.kinds):
            kinds = f" outside {listed(lacking, 9)}"
        globs = f" in {listed(tuple(f'`{glob}`' for glob in self.search.include))}" if self.search.include else ""
        at = f" at `{self.at}`" if self.at else ""
        return kinds + globs + at

    @property
    def nothing(self) -> str | None:
        """That the globs select no file, for people; None where there are none."""
        search = self.search
        if search.include:
            return f"no file matches {listed(tuple(f'`{glob}`' for glob in search.include))}"
        return "`exclude` leaves no file" if search.exclude and search.exclude != (POLICY,) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The answer at one commit."""

    outcome: Outcome
    reason: Reason
    occurrences: int
    files: int
    words: str


def judge(asked: Asked, looked: Looked) -> Judged:
    """What was seen, held against what is wanted. Pure. What was found counts even where not all was looked at."""
    counting = tuple(tuple(hit for hit in hits if hit.kind in asked.kinds) for hits in looked.result.hits)
    occurrences = sum(hit.count for hits in counting for hit in hits)
    files = len({hit.path for hits in counting for hit in hits})
    partly = looked.result.stopped is not None or any(hit.capped for hits in counting for hit in hits)
    seen = f"{'at least ' if partly else ''}{counted(occurrences, 'occurrence')} in {_files(counting)}"
    complete = looked.unsure is None
    match asked.want:
        case Want.ABSENT:
            holds, sure, words = (
                occurrences == 0,
                complete or occurrences > 0,
                seen if occurrences else "0 files",
            )
        case Want.PRESENT:
            lacking = tuple(
                pattern.text for pattern, hits in zip(asked.search.patterns, counting, strict=True) if not hits
            )
            holds, sure = not lacking, complete or not lacking
            words = seen if holds else f"{listed(tuple(f'`{text}`' for text in lacking))} nowhere"
        case Want.COUNT:
            too_many = asked.most is not None and occurrences > asked.most
            enough = asked.least is None or occurrences >= asked.least
            holds = enough and not too_many
            sure = complete or too_many or (enough and asked.most is None)
            words = seen if occurrences else "0 occurrences"
    nothing = None if looked.selected else asked.nothing
    if sure and holds and nothing:
        return Judged(outcome=Outcome.MISSING, reason=Reason.NOT_FOUND, occurrences=0, files=0, words=nothing)
    if nothing:
        words = f"{words}: {nothing}"
    if not sure:
        return Judged(
            outcome=Outcome.ERROR,
            reason=_unsure_reason(looked.result.stopped),
            occurrences=occurrences,
            files=files,
            words=f"cannot be told: {looked.unsure}; found so far: {seen if occurrences else 'nothing'}",
        )
    return Judged(
        outcome=Outcome.PASS if holds else Outcome.FAIL,
        reason=Reason.HOLDS if holds else Reason.DOES_NOT_HOLD,
        occurrences=occurrences,
        files=files,
        words=words,
    )


def _unsure_reason(stopped: Stop | None) -> Reason:
    match stopped:
        case None:
            return Reason.NOT_LOOKED_AT
        case Stop.TIME:
            return Reason.TIMED_OUT
        case Stop.FILES | Stop.BYTES | Stop.HITS:
            return Reason.TOO_LARGE


def _files(hits: tuple[tuple[FileHits, ...], ...]) -> str:
    """`2,309 files, 913 of them .py`."""
    paths = {hit.path for one in hits for hit in one}
    endings = [path.rpartition(".")[2] for path in paths if "." in path.rpartition("/")[2]]
    commonest = max(sorted(set(endings)), key=endings.count, default="")
    of_them = f", {endings.count(commonest):,} of them .{commonest}" if commonest and len(paths) > 3 else ""
    return counted(len(paths), "file") + of_them


def evidence_of(asked: Asked, looked: Looked, judged: Judged, context: Context) -> Evidence:
    """The evidence for what was judged."""
    return Evidence(
        outcome=judged.outcome,
        reason=judged.reason,
        expected=expected_of(asked),
        observed=judged.words + _elsewhere(asked, looked.result) + _not_read(looked.coverage),
        source=_source(asked, looked, context),
        details=_details(asked, looked, context),
        remedy=_remedy(asked, judged) if looked.selected else _remedy_of_globs(looked),
    )


def _source(asked: Asked, looked: Looked, context: Context) -> Source:
    read = f"{counted(looked.result.files_read, 'file')} read"
    if asked.at is None or looked.sha == context.snapshot.head:
        return at_head(context, read)
    return Source(
        url=f"{context.snapshot.url}/tree/{looked.sha}",
        place=f"`{asked.at}` @ `{short(looked.sha)}`, {read}",
        sha=looked.sha,
        fetched_at=context.snapshot.fetched_at,
    )


def expected_of(asked: Asked) -> str:
    """What is wanted, for people."""
    match asked.want:
        case Want.ABSENT:
            return f"{asked.names} nowhere{asked.places}"
        case Want.PRESENT:
            return f"{asked.names} somewhere{asked.places}"
        case Want.COUNT:
            least = f"at least {asked.least:,}" if asked.least is not None else ""
            most = f"at most {asked.most:,}" if asked.most is not None else ""
            return f"{' and '.join(filter(None, (least, most)))} times {asked.names}{asked.places}"


def _elsewhere(asked: Asked, result: ScanResult) -> str:
    """The occurrences that do not count, by kind: `; also in 31 documentation files`."""
    paths: dict[FileKind, set[str]] = {}
    for hit in (hit for hits in result.hits for hit in hits if hit.kind not in asked.kinds):
        paths.setdefault(hit.kind, set()).add(hit.path)
    if not paths:
        return ""
    ordered = sorted(paths.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    named = listed(tuple(f"{kind.value} ({counted(len(found), 'file')})" for kind, found in ordered), 9)
    return f"; not counted: {named}"


def _not_read(coverage: Coverage) -> str:
    parts = (
        (coverage.submodules, "submodule"),
        (coverage.pointers, "Git LFS pointer"),
        (coverage.binary, "binary file"),
    )
    named = tuple(counted(len(paths), word) for paths, word in parts if paths)
    return f"; not looked at: {listed(named)}" if named else ""


def _details(asked: Asked, looked: Looked, context: Context) -> tuple[Detail, ...]:
    """The places, those that count first, then what was not looked at."""
    hits = [hit for one in looked.result.hits for hit in one]
    hits.sort(key=lambda hit: (hit.kind not in asked.kinds, hit.path))
    shown = [_detail(hit, hit.kind in asked.kinds, looked.sha, context) for hit in hits[:MOST_SHOWN]]
    files = {hit.path for hit in hits[MOST_SHOWN:]} - {hit.path for hit in hits[:MOST_SHOWN]}
    if files:
        shown.append(Detail(text=f"and {counted(len(files), 'file')} more"))
    named = (
        ("left out of the tarball", looked.coverage.left_out),
        ("submodule", looked.coverage.submodules),
        ("Git LFS pointer", looked.coverage.pointers),
        ("too large", looked.coverage.too_large),
    )
    unread = (Detail(text=f"{path}: {why}, not looked at") for why, paths in named for path in paths[:MOST_SHOWN])
    return (*shown, *unread)


def _detail(hit: FileHits, counts: bool, sha: Sha, context: Context) -> Detail:
    line = hit.lines[0]
    more = f" and {'at least ' if hit.capped else ''}{hit.count - 1:,} more" if hit.count > 1 else ""
    kind = "" if counts else f" ({hit.kind.value})"
    return Detail(text=f"{hit.path}:{line}{more}{kind}", url=f"{file_url(context, sha, hit.path)}#L{line}")


def _remedy(asked: Asked, judged: Judged) -> str | None:
    match judged.outcome, asked.want:
        case Outcome.FAIL, Want.ABSENT:
            return "Remove it from the files listed, or exempt them with `exclude` in the policy."
        case Outcome.FAIL, Want.PRESENT:
            return "Let it stand in the default branch, or correct the pattern."
        case Outcome.ERROR, _:
            return "Narrow the question with `include` and `exclude`."
        case _:
            return None


def _remedy_of_globs(looked: Looked) -> str:
    near = f"; the nearest folder is `{looked.nearest}`" if looked.nearest else ""
    return f"Correct `include` and `exclude`{near}."


def unreadable(asked: Asked, context: Context, fault: str) -> Evidence:
    """The evidence where the code could not be read at all."""
    return Evidence(
        outcome=Outcome.ERROR,
        reason=Reason.NOT_LOOKED_AT,
        expected=expected_of(asked),
        observed=f"the code of {f'`{asked.at}`' if asked.at else branch_of(context)} could not be read: {fault}",
        source=at_head(context),
    )


def no_such_commit(asked: Asked, context: Context) -> Evidence:
    """The evidence where there is nothing at the revision that is asked about."""
    return Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOT_FOUND,
        expected=expected_of(asked),
        observed=f"there is no commit, tag or branch `{asked.at}`",
        source=at_head(context),
        remedy="Correct `at`, or leave it out to look at the default branch.",
    )
