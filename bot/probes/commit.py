"""Is a commit on the default branch, and does what it did still stand there? In a release or a tag as well, if asked.

Ancestry, not existence: GitHub shows any branch's commit by its sha, so a commit that merely exists proves nothing.
Squash, rebase and cherry-pick give a change another sha: where the same change is on the branch, by its patch id, the
answer names it.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from pydantic import Field, model_validator

from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Sha, Source
from bot.assessment.watching import Subject
from bot.github.models import CommitInfo, Unknown
from bot.probes.asking import together
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.copies import Copy, Search, copy_of
from bot.probes.fate import fate_of, linked_pull, undone_in
from bot.probes.landing import Aftermath, Fate, ending, traces, undoing
from bot.probes.places import (
    at_commit,
    at_head,
    branch_of,
    commit_detail,
    commit_url,
    empty_repository,
    listed,
    short,
)
from bot.probes.versions import MOST_ASKED, Held, VersionKind, VersionWanted, holding

_WORST_FIRST = (Outcome.FAIL, Outcome.ERROR, Outcome.MISSING, Outcome.PASS)


class CommitParams(Params):
    """Which commit, and where it must be."""

    shorthand: ClassVar[str] = "sha"
    outside: ClassVar[bool] = False
    subject: ClassVar[Subject] = Subject.ITSELF  # a fix that is there may be reverted

    sha: str | None = Field(
        default=None,
        pattern=r"^[0-9a-fA-F]{7,40}$",
        description="The commit's sha, or its first 7 digits or more; without it, every commit of the fix.",
    )
    in_release: bool | str | None = Field(
        default=None,
        description="It must be in a release as well: `true` for any, or a tag's name or pattern such as `v2.*`.",
    )
    in_tag: bool | str | None = Field(
        default=None, description="It must be in a tag as well: `true` for any, or a name or pattern."
    )
    equivalent: bool = Field(
        default=False,
        description="Let the same change under another sha count as well (a squash, a rebase, a cherry-pick; told by "
        "its patch id).",
    )
    net_effect: bool = Field(
        default=True,
        description="Also compare the files: a revert may not call itself one. Up to two more requests where much was "
        "edited since.",
    )

    @model_validator(mode="after")
    def _one_version(self) -> "CommitParams":
        if self.in_release and self.in_tag:
            raise ValueError("ask for `in_release` or `in_tag`, each in a criterion of its own")
        if "" in (self.in_release, self.in_tag):
            raise ValueError("write `true` for any, or a name such as v1.2, or a pattern such as v2.*")
        return self

    @property
    def waits_for_merge(self) -> bool:
        """A release or a tag that has the fix is made after it."""
        return self.version is not None

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(at="head", past=True)

    @property
    def version(self) -> VersionWanted | None:
        """The releases or tags that are meant; None where none is asked for."""
        for kind, asked in ((VersionKind.RELEASE, self.in_release), (VersionKind.TAG, self.in_tag)):
            if asked:
                return VersionWanted(kind=kind, name=asked if isinstance(asked, str) else None)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One commit's question, with what is expected in words."""

    params: CommitParams
    context: Context
    expected: str
    ask_before: bool


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, CommitParams)
    subject = f"`{short(params.sha)}`" if params.sha else "the fix"
    version = params.version
    rest = f", not reverted, and in {version.words}" if version else " and not reverted"
    expected = f"{subject} is on {branch_of(context)}{rest}"
    if context.snapshot.head is None:
        return empty_repository(context, expected=expected)
    asked = _Asked(params=params, context=context, expected=expected, ask_before=question.ask_before)
    if params.sha is not None:
        return await _ask_one(params.sha.lower(), asked)
    commits = context.fix.commits
    if not commits:
        return _no_fix(asked)
    return _joined(await together(_ask_one(sha, asked) for sha in commits), commits)


async def _ask_one(sha: str, asked: _Asked) -> Evidence:
    context, params = asked.context, asked.params
    head = context.snapshot.head
    assert head is not None
    commit = _in_history(sha, context) or await context.reader.commit(sha)
    if commit is None:
        return _nowhere(sha, asked)
    if await context.reader.contains(head, commit.oid):
        landed = _landed(commit, await fate_of(context, commit, deep=params.net_effect), asked)
        return await _in_version(await _since_before(landed, commit, asked), (commit.oid,), asked)
    search = await copy_of(context, commit)
    if search.copy is None or not params.equivalent:
        return _elsewhere(commit, search, asked)
    standing = await context.reader.commit(search.copy.sha)
    if standing is None:
        return _elsewhere(commit, search, asked)
    landed = _landed(standing, await fate_of(context, standing, deep=params.net_effect), asked)
    told = _alike(search.copy, asked.context)
    rest = landed.observed.removeprefix(f"on {branch_of(context)}")
    landed = replace(landed, observed=f"{told}{rest}", details=(commit_detail(context, commit), *landed.details))
    return await _in_version(landed, (standing.oid, commit.oid), asked)


def _in_history(sha: str, context: Context) -> CommitInfo | None:
    """The one commit of the newest that has this sha; an ambiguous prefix is left to GitHub."""
    found = [commit for commit in context.snapshot.history if commit.oid.startswith(sha)]
    return found[0] if len(found) == 1 else None


def _no_fix(asked: _Asked) -> Evidence:
    return Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=asked.expected,
        observed="no merged pull request or commit of this fix was found",
        source=at_head(asked.context),
        remedy="Link the pull request that carries the fix, or name its commit.",
    )


def _nowhere(sha: str, asked: _Asked) -> Evidence:
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.NOT_FOUND,
        expected=asked.expected,
        observed="no such commit in this repository",
        source=_everywhere(asked.context),
        remedy=f"Name the commit that carries the fix; `{short(sha)}` may be from before a rebase, or from a fork.",
    )


def _everywhere(context: Context) -> Source:
    seen = at_head(context)
    url = f"{context.snapshot.url}/branches/all"
    return Source(url=url, place="all branches and tags", sha=seen.sha, fetched_at=seen.fetched_at)


def _alike(copy: Copy, context: Context) -> str:
    """Where the same change is, in words: the patch id is what makes it the same."""
    branch, sha = branch_of(context), short(copy.sha)
    if copy.whole is not None:
        whole = f"#{copy.whole}, of which it is a part, is there as `{sha}`"
        return f"not on {branch} itself; {whole}, a squash (patch id)"
    return f"not on {branch} itself; the same change (patch id) is there as `{sha}`, {copy.how}"


def _elsewhere(commit: CommitInfo, search: Search, asked: _Asked) -> Evidence:
    """On some other branch, or on none; squash, rebase and cherry-pick leave a copy, which is worth naming."""
    context, copy = asked.context, search.copy
    observed = f"the commit exists, but not on {branch_of(context)}: only on another branch, or in a fork"
    remedy = "Merge it, or name the commit that stands for it on the default branch."
    details: tuple[Detail, ...] = (commit_detail(context, commit),)
    twin = None if copy is not None else _twin(commit, context)
    if copy is not None:
        observed, remedy = _alike(copy, context), f"Name `{short(copy.sha)}`, which makes the same change."
        details += (Detail(text=f"`{short(copy.sha)}` {copy.how}", url=commit_url(context, copy.sha)),)
    elif twin is not None:
        remedy = f"Name `{short(twin)}`, which seems to stand for it on {branch_of(context)}."
    if search.bound is not None:
        details += (Detail(text=f"no copy of it was found; {search.bound}"),)
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.NOT_REACHABLE,
        expected=asked.expected,
        observed=observed,
        source=at_commit(context, commit.oid, "whole history"),
        details=details,
        remedy=remedy,
    )


def _twin(commit: CommitInfo, context: Context) -> str | None:
    """The commit of the branch that says the same, or the merge of the pull request that it belongs to."""
    message = commit.message.strip()
    linked = context.snapshot.issue.closing_pulls
    for pull in () if isinstance(linked, Unknown) else linked:
        if pull.merge_commit and any(one.strip() == message for one in pull.commit_messages):
            return pull.merge_commit
    return next((one.oid for one in context.snapshot.history if message and one.message.strip() == message), None)


def _landed(commit: CommitInfo, after: Aftermath, asked: _Asked) -> Evidence:
    """The answer about a commit that is on the default branch."""
    context = asked.context
    details = (commit_detail(context, commit), *traces(context, after))
    source = at_commit(context, commit.oid, "whole history")
    if after.fate is Fate.REVERTED:
        return Evidence(
            outcome=Outcome.FAIL,
            reason=Reason.REVERTED,
            expected=asked.expected,
            observed=f"on {branch_of(context)}, but {undoing(after)}",
            source=source,
            details=details,
            remedy="Land the change again, or name what replaced it.",
        )
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.VACUOUS if after.weak else Reason.HOLDS,
        expected=asked.expected,
        observed=f"on {branch_of(context)}{ending(after)}",
        source=source,
        before="not there",
        decisive=not after.weak,
        details=details,
    )


async def _since_before(answer: Evidence, commit: CommitInfo, asked: _Asked) -> Evidence:
    """The same question before the fix, and before the issue: what was there already proves nothing of the fix."""
    context, fix = asked.context, asked.context.fix
    if answer.outcome is not Outcome.PASS or not asked.ask_before or commit.oid in fix.commits:
        return answer
    if fix.before is not None and await context.reader.contains(fix.before, commit.oid):
        when = "before the fix as well"
    elif commit.committed_at < context.snapshot.issue.created_at and linked_pull(commit, context) is None:
        when = "before this issue was opened"
    else:
        return answer
    return replace(
        answer,
        reason=Reason.VACUOUS,
        observed=f"{answer.observed}; it was there {when}: proves little",
        before="there",
        decisive=False,
    )


async def _in_version(answer: Evidence, shas: tuple[Sha, ...], asked: _Asked) -> Evidence:
    """The answer with the release or tag that contains the commit, where that is asked for."""
    wanted = asked.params.version
    if wanted is None or answer.outcome is not Outcome.PASS:
        return answer
    held = await holding(asked.context, wanted, shas)
    if held.by is not None:
        early = ", a pre-release" if held.by.prerelease else ""
        detail = Detail(text=f"{wanted.kind} `{held.by.name}`", url=held.by.url)
        observed = f"{answer.observed}; in {wanted.kind} `{held.by.name}`{early}"
        answer = replace(answer, observed=observed, details=(*answer.details, detail))
        return await _standing_in(answer, held, asked)
    missing, apart = not held.meant, await _is_apart(held, asked.context)
    without = Reason.NOT_REACHABLE if apart else Reason.DOES_NOT_HOLD
    copied = f"; it is not on {branch_of(asked.context)}, and may hold a copy" if apart else ""
    return replace(
        answer,
        outcome=Outcome.MISSING if missing else Outcome.FAIL,
        reason=Reason.NOTHING_TO_MEASURE if missing else without,
        observed=f"{answer.observed}, but {_not_in(held, wanted)}{copied}",
        before=None,
        decisive=True,
        remedy=f"Make {wanted.words} that contains it." if wanted.name is None else f"Bring it into {wanted.words}.",
    )


async def _is_apart(held: Held, context: Context) -> bool:
    """Is the one version that is meant on a branch of its own? What it holds there may be a copy of the fix."""
    head = context.snapshot.head
    at = held.meant[0].commit if len(held.meant) == 1 else None
    return head is not None and at is not None and not await context.reader.contains(head, at)


async def _standing_in(answer: Evidence, held: Held, asked: _Asked) -> Evidence:
    """The answer, unless what the version contains was undone in it as well: on a branch of its own, or at its time."""
    at = held.by.commit if held.by is not None else None
    if at is None or held.sha is None or not asked.params.net_effect:
        return answer
    undone = await undone_in(asked.context, held.sha, at)
    if undone is None:
        return answer
    return replace(
        answer,
        outcome=Outcome.FAIL,
        reason=Reason.REVERTED,
        observed=f"{answer.observed}, but {undone}",
        before=None,
        decisive=True,
        remedy="Release it again with the change, or name what replaced it.",
    )


def _not_in(held: Held, wanted: VersionWanted) -> str:
    if not held.known and not held.meant:
        return f"there is no {wanted.kind} yet"
    if not held.meant:
        names = listed(tuple(f"`{one.name}`" for one in held.known), limit=3)
        return f"no {wanted.kind} is called `{wanted.name}` (there is {names})"
    newest = f"`{held.meant[0].name}`"
    if len(held.meant) == 1:
        return f"{wanted.kind} {newest} does not contain it"
    looked = f"the newest {MOST_ASKED} of {len(held.meant)}" if held.more else f"{len(held.meant)}"
    return f"in none of {looked} {wanted.kind}s that are meant (the newest is {newest})"


def _joined(answers: tuple[Evidence, ...], commits: tuple[Sha, ...]) -> Evidence:
    """All commits of the fix as one answer: the worst decides, and every one is listed."""
    worst = min(answers, key=lambda one: (_WORST_FIRST.index(one.outcome), one.decisive))
    if len(answers) == 1:
        return worst
    others = tuple(
        Detail(text=f"`{short(sha)}`: {one.observed}", url=one.source.url)
        for sha, one in zip(commits, answers, strict=True)
        if one is not worst
    )
    sha = commits[answers.index(worst)]
    return replace(worst, observed=f"`{short(sha)}` is {worst.observed}", details=(*worst.details, *others))


_MANUAL = Manual(
    question="Is the commit reachable from the default branch and not reverted, and in a release or tag if asked?",
    example="- id: packaging\n  title: The packaging fix is on the branch\n  commit: {sha: 85375b936}\n",
    outcomes=(
        (Outcome.PASS, "The commit is on the default branch, and what it did still stands; in the release, if asked."),
        (
            Outcome.FAIL,
            "No such commit, on another branch only, reverted, or in none of the releases meant, or undone in it.",
        ),
        (Outcome.MISSING, "The repository has no commit at all, no fix is known, or there is no such release or tag."),
    ),
)


@dataclass(frozen=True, slots=True)
class CommitProbe:
    """A commit, by its ancestry."""

    kind: str = "commit"
    params: type[Params] = CommitParams
    limit: timedelta = timedelta(seconds=30)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one commit, or about all of the fix."""
        return await _ask(question, context)


PROBE = CommitProbe()
