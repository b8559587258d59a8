"""The code probe over real repositories: nowhere means nowhere, and what was not looked at is said."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Criterion, CriterionId, Evidence, Origin, Outcome, Reason, Sha
from bot.github.contents import Opaque, OpaqueKind, PathContent, TextFile, Tree, TreeEntry
from bot.github.models import CommitInfo
from bot.probes.code import PROBE, CodeParams
from bot.probes.contract import Fix, Question
from bot.probes.trees import Scans
from bot.scan.scanner import Budget
from tests.probes.world import URL, MemoryReader, Repo, context
from tests.scan.repos import chunks, commit, git, repository, tarball, tree

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n".format("a" * 64)
OLD = ".staging.example.com"


@dataclass(frozen=True)
class GitReader(MemoryReader):
    """A reader over a real repository: git's own tree and git's own tarball."""

    folder: Path = Path()
    truncated: bool = False
    tarball_of: str | None = None
    broken: str | None = None
    opened_at: str | None = None

    async def newest(self, until: datetime) -> CommitInfo | None:
        at = self.opened_at
        return CommitInfo(oid=Sha(at), message="", committed_at=until, parents=()) if at else None

    async def tree(self, sha: Sha) -> Tree:
        entries = [TreeEntry(path=path, mode=mode, sha="", size_bytes=0) for path, mode in tree(self.folder, sha)]
        return Tree(sha=sha, entries=tuple(entries), truncated=self.truncated)

    @asynccontextmanager
    async def tarball(self, sha: Sha) -> AsyncIterator[AsyncIterator[bytes]]:
        data = tarball(self.folder, self.tarball_of or sha)
        yield chunks(data[:200] if self.broken in {sha, "all"} else data)

    async def content(self, rev: str, path: str) -> PathContent:
        self.asked.append(path)
        text = git(self.folder, "show", f"{rev}:{path}").decode("utf-8", "replace")
        if "\0" in text:
            return Opaque(path=path, kind=OpaqueKind.BINARY)
        return TextFile(path=path, oid="", text=text)


async def look(
    folder: Path, *, budget: Budget | None = None, origin=Origin.POLICY, before: str | None = None, **params
) -> Evidence:
    """The probe's answer about a repository's HEAD."""
    about = {name: params.pop(name) for name in ("truncated", "tarball_of", "broken", "opened_at") if name in params}
    head = Sha(git(folder, "rev-parse", "HEAD").decode().strip())
    reader = GitReader(Repo(), folder=folder, **about)
    plain = context(reader=reader, fix=Fix(commits=(), before=Sha(before) if before else None, paths=()))
    scans = Scans(reader, budget=budget) if budget else None
    where = replace(plain, snapshot=replace(plain.snapshot, head=head, default_branch="main"), scans=scans)
    criterion = Criterion(id=CriterionId("c"), title="Gone", category="Any", kind="code", origin=origin)
    return await PROBE.ask(Question(criterion=criterion, params=CodeParams.model_validate(params)), where)


FILES: Mapping[str, str | bytes] = {
    "app/hosts.py": f'HOST = "api{OLD}"\n# was x{OLD}\n',
    "deploy/app.yml": "host: api.example.com\n",
    "CHANGELOG.md": f"- moved from {OLD}\n",
    "logo.png": b"\x89PNG\0\0",
}

ANSWERS = {
    "absent, but there": ({"absent": OLD}, Outcome.FAIL, "3 occurrences in 2 files; not looked at: 1 binary file"),
    "absent": ({"absent": "nothing-like-it"}, Outcome.PASS, "0 files; not looked at: 1 binary file"),
    "absent from some": ({"absent": OLD, "include": "*.yml"}, Outcome.PASS, "0 files"),
    "absent but for some": ({"absent": OLD, "exclude": ["app/", "CHANGELOG*"]}, Outcome.PASS, "0 files"),
    "present": ({"present": "api.example.com"}, Outcome.PASS, "1 occurrence in 1 file"),
    "present, but not": ({"present": ["api", "nothing-like-it"]}, Outcome.FAIL, "`nothing-like-it` nowhere"),
    "present in other files": ({"present": OLD, "include": ["deploy/"]}, Outcome.FAIL, f"`{OLD}` nowhere"),
    "counted": ({"count": OLD, "max": 3}, Outcome.PASS, "3 occurrences in 2 files"),
    "counted, too many": ({"count": OLD, "max": 2}, Outcome.FAIL, "3 occurrences in 2 files"),
    "counted, too few": ({"count": [OLD, "host:"], "min": 5}, Outcome.FAIL, "4 occurrences in 3 files"),
    "word": ({"absent": "HOS", "match": "word"}, Outcome.PASS, "0 files"),
    "regex": ({"absent": r"api\.\w+\.example", "match": "regex"}, Outcome.FAIL, "1 occurrence in 1 file"),
    "kinds": ({"absent": OLD, "kinds": ["configuration"]}, Outcome.PASS, "0 files; not counted: "),
    "kinds left out": (
        {"absent": OLD, "exclude_kinds": ["code", "comments"]},
        Outcome.FAIL,
        "1 occurrence in 1 file; not counted: code (1 file) and comments (1 file)",
    ),
    "one kind left out": (
        {"count": OLD, "min": 3, "exclude_kinds": "changelog"},
        Outcome.FAIL,
        "2 occurrences in 1 file",
    ),
    "unless": ({"absent": "example.com", "unless": [OLD, "api.example.com"]}, Outcome.PASS, "0 files"),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_answers(name, tmp_path):
    """Absent, present and counted, by globs, kinds and ways to read a pattern."""
    params, outcome, words = ANSWERS[name]
    repository(tmp_path, FILES)
    evidence = await look(tmp_path, **params)
    assert (evidence.outcome, evidence.observed[: len(words)]) == (outcome, words)
    assert evidence.decisive
    assert evidence.source.url.startswith(f"{URL}/tree/")


async def test_a_claim_fails_only_by_code_and_configuration(tmp_path):
    """Comments, changelogs and documents keep old names for good reasons: listed by kind, not counted."""
    repository(tmp_path, {**FILES, "app/hosts.py": f"# was x{OLD}\n"})
    evidence = await look(tmp_path, origin=Origin.CLAIM, absent=OLD)
    assert evidence.outcome is Outcome.PASS
    assert "not counted: changelog (1 file) and comments (1 file)" in evidence.observed
    assert [detail.text for detail in evidence.details] == ["CHANGELOG.md:1 (changelog)", "app/hosts.py:1 (comments)"]
    assert (await look(tmp_path, absent=OLD)).outcome is Outcome.FAIL


LEFT_OUT = {
    "some": ({"exclude_kinds": ["generated", "vendored"]}, "`x` nowhere outside vendored and generated"),
    "most": ({"kinds": ["code"]}, "`x` nowhere in code"),
    "none": ({}, "`x` nowhere"),
    "folders": ({"include": ["src/"]}, "`x` nowhere in `src/`"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
async def test_what_is_left_out_is_said(name, tmp_path):
    """The shorter way to name the kinds."""
    params, words = LEFT_OUT[name]
    repository(tmp_path, FILES)
    assert (await look(tmp_path, absent="x", **params)).expected == words


async def test_numbers_are_told(tmp_path):
    """How many occurrences in how many files, where all were counted."""
    repository(tmp_path, FILES)
    evidence = await look(tmp_path, absent=OLD)
    assert [(measure.name, measure.value) for measure in evidence.measures] == [("occurrences", 3), ("files", 2)]
    assert (await look(tmp_path, absent=OLD, budget=Budget(files=1))).measures == ()


async def test_occurrences_are_listed_with_links(tmp_path):
    """Each file's first line is a link to that line at that commit; what counts comes first."""
    sha = repository(tmp_path, {"z é.py": f"\n\n{OLD} {OLD}\n", "docs/a.md": OLD})
    evidence = await look(tmp_path, origin=Origin.CLAIM, absent=OLD)
    assert evidence.details[0].text == "z é.py:3 and 1 more"
    assert evidence.details[0].url == f"{URL}/blob/{sha}/z%20%C3%A9.py#L3"
    assert evidence.details[1].text == "docs/a.md:1 (documentation)"


async def test_many_files_are_counted_by_their_commonest_ending(tmp_path):
    """A large answer says how much of it is what, and lists the first ones."""
    repository(tmp_path, {**{f"{n}.py": OLD for n in range(25)}, "a.js": OLD})
    evidence = await look(tmp_path, absent=OLD)
    assert evidence.observed == "26 occurrences in 26 files, 25 of them .py"
    assert evidence.details[-1].text == "and 6 files more"


BEFORES = {
    "was there, is gone": ({"absent": OLD}, ("2 files", True, True, Reason.HOLDS)),
    "was never there": ({"absent": "nothing-like-it"}, ("0 files", False, False, Reason.VACUOUS)),
    "is new": ({"present": "brand-new"}, ("0 files", True, True, Reason.HOLDS)),
    "was always there": ({"present": "host:"}, ("1 file", False, False, Reason.VACUOUS)),
}


@pytest.mark.parametrize("name", BEFORES)
async def test_the_same_is_asked_before_the_fix(name, tmp_path):
    """Seen failing before the fix is strong; true before as well proves little."""
    params, wanted = BEFORES[name]
    before = repository(tmp_path, FILES)
    commit(tmp_path, {"app/hosts.py": "brand-new", "CHANGELOG.md": ""})
    evidence = await look(tmp_path, before=before, **params)
    assert evidence.outcome is Outcome.PASS
    assert wanted == (evidence.before, evidence.decisive, evidence.seen_failing, evidence.reason)


NOTHING = {
    "absent": ({"absent": OLD, "include": "aps/**"}, Outcome.MISSING, "no file matches `aps/**`"),
    "at most": ({"count": OLD, "max": 0, "include": "aps/"}, Outcome.MISSING, "no file matches `aps/`"),
    "at least none": ({"count": OLD, "min": 0, "include": "aps/"}, Outcome.MISSING, "no file matches `aps/`"),
    "all excluded": ({"absent": OLD, "exclude": "**"}, Outcome.MISSING, "`exclude` leaves no file"),
    "present": ({"present": OLD, "include": "aps/"}, Outcome.FAIL, f"`{OLD}` nowhere: no file matches `aps/`"),
    "at least": ({"count": "x", "min": 1, "include": "aps/"}, Outcome.FAIL, "0 occurrences: no file matches `aps/`"),
}


@pytest.mark.parametrize("name", NOTHING)
async def test_globs_that_select_nothing_show_nothing(name, tmp_path):
    """Where no file is looked at, absence is not shown, now or before; the nearest folder is named."""
    params, outcome, words = NOTHING[name]
    before = repository(tmp_path, FILES)
    commit(tmp_path, {"app/hosts.py": ""})
    evidence = await look(tmp_path, before=before, **params)
    assert (evidence.outcome, evidence.observed, evidence.before) == (outcome, words, None)
    near = "; the nearest folder is `app/`" if "include" in params else ""
    assert evidence.remedy == f"Correct `include` and `exclude`{near}."


async def test_a_folder_that_is_new_was_not_seen_failing(tmp_path):
    """Before, no file matched: absence from it proves little; what stands in it now is new."""
    before = repository(tmp_path, FILES)
    commit(tmp_path, {"new/a.py": "brand-new"})
    gone = await look(tmp_path, before=before, absent=OLD, include="new/")
    assert (gone.outcome, gone.decisive, gone.before) == (Outcome.PASS, False, "no file matches `new/`")
    there = await look(tmp_path, before=before, present="brand-new", include="new/")
    assert (there.outcome, there.seen_failing) == (Outcome.PASS, True)


async def test_files_that_cannot_be_searched_are_there(tmp_path):
    """A binary file and one that the tarball leaves out are selected, so the globs are not at fault."""
    repository(tmp_path, {**FILES, ".gitattributes": "/hidden.py export-ignore\n", "hidden.py": ""})
    assert (await look(tmp_path, absent=OLD, include="*.png")).outcome is Outcome.PASS
    assert (await look(tmp_path, absent=OLD, include="hidden.py")).outcome is Outcome.PASS


async def test_the_policy_is_never_counted(tmp_path):
    """It holds the pattern itself; a file of the same name elsewhere is like any other."""
    repository(tmp_path, {".github/resolution.yml": OLD, "a.py": ""})
    assert (await look(tmp_path, absent=OLD)).outcome is Outcome.PASS
    assert (await look(tmp_path, absent=OLD, include=".github/**")).outcome is Outcome.MISSING
    commit(tmp_path, {"x/.github/resolution.yml": OLD})
    assert (await look(tmp_path, absent=OLD)).outcome is Outcome.FAIL


async def test_what_the_tarball_leaves_out_is_read_file_by_file(tmp_path):
    """An export-ignored file is fetched by itself, and what stands in it counts."""
    ignored = {"hidden/a.py": f"x = '{OLD}'", "hidden/b.py": "", "notes.md": OLD}
    repository(tmp_path, {".gitattributes": "hidden export-ignore\nnotes.md export-ignore\n", **ignored})
    evidence = await look(tmp_path, origin=Origin.CLAIM, absent=OLD)
    assert evidence.outcome is Outcome.FAIL
    assert [detail.text for detail in evidence.details] == ["hidden/a.py:1"]


async def test_without_a_known_fix_the_past_is_that_of_the_issue(tmp_path):
    """A claim that would have held when the issue was opened proves little; one that would not is seen failing."""
    start = repository(tmp_path, {"a.py": OLD})
    commit(tmp_path, {"a.py": "new"})
    gone = await look(tmp_path, origin=Origin.CLAIM, opened_at=start, absent=OLD)
    assert (gone.outcome, gone.decisive, gone.seen_failing, gone.before) == (Outcome.PASS, True, True, "1 file")
    never = await look(tmp_path, origin=Origin.CLAIM, opened_at=start, absent="nothing-like-it")
    assert (never.outcome, never.decisive, never.reason) == (Outcome.PASS, False, Reason.VACUOUS)
    younger = await look(tmp_path, origin=Origin.CLAIM, absent="nothing-like-it")
    assert not younger.decisive


DOUBTS = {
    "a truncated tree": ({}, {"truncated": True}, "GitHub does not list the whole tree"),
    "a tarball of another commit": ({}, {"tarball_of": "HEAD^{tree}"}, "the tarball was made from another commit"),
    "an LFS pointer": ({"model.py": LFS}, {}, "1 file could not be looked at (model.py)"),
    "too many left out": (
        {".gitattributes": "gone/** export-ignore\n", **{f"gone/{n:02}.py": "" for n in range(30)}},
        {},
        "30 files could not be looked at (gone/00.py, gone/01.py, gone/02.py and 27 more)",
    ),
    "a binary one left out": (
        {".gitattributes": "x.py export-ignore\n", "x.py": b"\0"},
        {},
        "1 file could not be looked at (x.py)",
    ),
}


@pytest.mark.parametrize("name", DOUBTS)
async def test_not_looked_at_is_not_absent(name, tmp_path):
    """Where something could not be looked at, absence is an error that names it; what was found still counts."""
    files, about, words = DOUBTS[name]
    repository(tmp_path, {"a.py": "OTHER", **files})
    evidence = await look(tmp_path, absent=OLD, **about)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.NOT_LOOKED_AT)
    assert words in evidence.observed
    assert (await look(tmp_path, absent="OTHER", **about)).outcome is Outcome.FAIL
    assert (await look(tmp_path, present="OTHER", **about)).outcome is Outcome.PASS
    assert (await look(tmp_path, count="OTHER", max=1, **about)).outcome is Outcome.ERROR


LIMITS = {
    "files": (Budget(files=1), Reason.TOO_LARGE, "the limit on number of files was reached after 2 files"),
    "size": (Budget(inflated_bytes=10), Reason.TOO_LARGE, "the limit on size was reached after 3 files"),
    "time": (Budget(time=timedelta(0)), Reason.TIMED_OUT, "the limit on time was reached after 3 files"),
}


@pytest.mark.parametrize("name", LIMITS)
async def test_a_limit_makes_absence_an_error(name, tmp_path):
    """A scan that had to stop says which limit it met; what it found until then counts."""
    budget, reason, words = LIMITS[name]
    repository(tmp_path, {"a.py": "OTHER", "b.py": "", "c.py": ""})
    evidence = await look(tmp_path, budget=budget, absent=OLD)
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, reason)
    assert words in evidence.observed
    assert (await look(tmp_path, budget=budget, absent="OTHER")).outcome is Outcome.FAIL


async def test_a_broken_tarball_is_an_error_and_of_the_time_before_no_answer(tmp_path):
    """A download that broke off proves nothing; where only the older one did, the newer answer stands alone."""
    before = repository(tmp_path, {"a.py": OLD})
    evidence = await look(tmp_path, absent=OLD, broken="all")
    assert (evidence.outcome, evidence.reason) == (Outcome.ERROR, Reason.NOT_LOOKED_AT)
    assert evidence.observed == "the code of `main` could not be read: the archive ends early"
    commit(tmp_path, {"a.py": "new"})
    evidence = await look(tmp_path, absent=OLD, broken=before, before=before)
    assert (evidence.outcome, evidence.before, evidence.seen_failing) == (Outcome.PASS, None, False)


async def test_a_submodule_is_said_and_does_not_count(tmp_path):
    """A submodule is another repository: named, and no reason to doubt this one."""
    repository(tmp_path / "sub", {"x": OLD})
    repository(tmp_path / "repo", {"a.py": "x"})
    git(tmp_path / "repo", "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "sub"), "lib")
    commit(tmp_path / "repo", {})
    evidence = await look(tmp_path / "repo", absent=OLD)
    assert evidence.outcome is Outcome.PASS
    assert "not looked at: 1 submodule" in evidence.observed
    assert evidence.details[0].text == "lib: submodule, not looked at"


async def test_an_empty_repository_has_nothing_to_measure():
    """No commit, no answer."""
    evidence = await PROBE.ask(
        Question(
            criterion=Criterion(id=CriterionId("c"), title="Gone", category="Any", kind="code"),
            params=CodeParams.model_validate({"absent": OLD}),
        ),
        context(),
    )
    assert (evidence.outcome, evidence.reason) == (Outcome.MISSING, Reason.NOTHING_TO_MEASURE)


FAULTY = {
    "nothing": {},
    "two": {"absent": "a", "present": "b"},
    "count without bounds": {"count": "a"},
    "bounds without count": {"absent": "a", "max": 1},
    "bounds that exclude": {"count": "a", "min": 3, "max": 1},
    "a hostile pattern": {"absent": "(a{20}){20}", "match": "regex"},
    "no pattern": {"absent": "(", "match": "regex"},
    "no glob": {"absent": "a", "include": ["!x"]},
    "a glob that never matches": {"absent": "a", "exclude": ["./x"]},
    "more than a line": {"absent": "(?s)a.b", "match": "regex"},
    "no kind": {"absent": "a", "kinds": ["poems"]},
    "kinds in and out": {"absent": "a", "kinds": ["code"], "exclude_kinds": ["archive"]},
    "an empty commit": {"absent": "a", "at": ""},
    "too many patterns": {"absent": ["a"] * 21},
    "an empty pattern": {"absent": ""},
    "a number": {"absent": 5},
}


@pytest.mark.parametrize("name", FAULTY)
def test_faulty_questions_are_refused(name):
    """What cannot be asked is told when the policy is read."""
    with pytest.raises(ValidationError):
        CodeParams.model_validate(FAULTY[name])
