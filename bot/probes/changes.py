"""How much did the fix change?

The fix is what closes the issue: its merged pull requests, or the commits that were named. Files are counted by GitHub
for pull requests, and by comparing the trees before and after where there are only commits. Size proves little: the
answer is never decisive.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from pydantic import Field, PositiveInt

from bot.assessment.evidence import Evidence, Measure, Outcome, Reason, Source
from bot.github.contents import Tree
from bot.github.models import Pull, PullState, Unknown
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.places import at_commit, at_head, at_pull, counted


class ChangesParams(Params):
    """The least number of files that the fix must have changed."""

    outside: ClassVar[bool] = False

    files: PositiveInt = Field(description="How many files the fix changes at least.")


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, ChangesParams)
    expected = f"the fix changes at least {counted(params.files, 'file')}"
    found = await _count(context)
    if found is None:
        return Evidence(
            outcome=Outcome.MISSING,
            reason=Reason.NOTHING_TO_MEASURE,
            expected=expected,
            observed="no merged pull request or commit of this fix was found, so there is nothing to count",
            source=at_head(context),
            decisive=False,
            remedy="Link the pull request that carries the change, or name its commit.",
        )
    files, source = found
    enough = files >= params.files
    return Evidence(
        outcome=Outcome.PASS if enough else Outcome.FAIL,
        reason=Reason.HOLDS if enough else Reason.DOES_NOT_HOLD,
        expected=expected,
        observed=f"it changes {counted(files, 'file')}",
        source=source,
        decisive=False,
        measures=(Measure(name="files", value=files, unit="files"),),
    )


async def _count(context: Context) -> tuple[int, Source] | None:
    pulls = _landed(context)
    if pulls:
        return sum(pull.changed_files for pull in pulls), at_pull(context, pulls[-1])
    fix = context.fix
    if not fix.commits or fix.before is None:
        return None
    before, after = await context.reader.tree(fix.before), await context.reader.tree(fix.commits[0])
    if before.truncated or after.truncated:
        return None
    return _differing(before, after), at_commit(context, fix.commits[0])


def _landed(context: Context) -> tuple[Pull, ...]:
    pulls = context.snapshot.issue.closing_pulls
    if isinstance(pulls, Unknown):
        return ()
    return tuple(pull for pull in pulls if pull.state is PullState.MERGED and pull.merge_commit in context.fix.commits)


def _differing(before: Tree, after: Tree) -> int:
    was = {entry.path: (entry.sha, entry.mode) for entry in before.entries}
    now = {entry.path: (entry.sha, entry.mode) for entry in after.entries}
    return sum(was.get(path) != now.get(path) for path in was.keys() | now.keys())


@dataclass(frozen=True, slots=True)
class ChangesProbe:
    """The size of the fix."""

    kind: str = "changes"
    params: type[Params] = ChangesParams
    limit: timedelta = timedelta(seconds=20)
    slow: bool = False
    heavy: bool = False
    manual: Manual = Manual(
        question="How many files does the fix change?",
        example="- id: size\n  title: The migration touched the whole tree\n  changes: {files: 800}\n",
        outcomes=(
            (Outcome.PASS, "The fix changes that many files, or more."),
            (Outcome.FAIL, "It changes fewer."),
            (Outcome.MISSING, "No fix is known, or its trees are too large to compare."),
        ),
    )

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about the size of the fix."""
        return await _ask(question, context)


PROBE = ChangesProbe()
