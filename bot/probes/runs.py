"""Which run of a workflow is meant, and how it is spoken of.

Left out unless they are asked for by their event are runs for pull requests, which ran somebody's proposal (and a
fork's branch may be called `main` as ours is), and runs that anybody sets off by writing, starring or forking, which
would take the place of a run that says something. Runs of a fork's own branches are left out always.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.assessment.evidence import Detail, Measure, Sha, Source, Wait
from bot.assessment.topics import workflow_run
from bot.github.errors import NotFound
from bot.github.runs import CheckOutput, Conclusion, WorkflowJob, WorkflowRun
from bot.probes.asking import together
from bot.probes.contract import Context
from bot.probes.places import is_here, listed, short

FILE = r"^[A-Za-z0-9._-]{1,100}\.ya?ml$"
"""A workflow's file name; it stands in `.github/workflows`."""
FILE_WORDS = "The workflow's file name in `.github/workflows`, such as `suite.yml`."
LONGEST = timedelta(hours=6)
"""So long GitHub lets a job run."""
GRACE = timedelta(minutes=10)
"""So long after a commit came CI may still be about to begin there."""
SKIPS = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
"""In a commit's message: GitHub starts no workflow for it."""
_MOST_TRIED = 5
_PROPOSALS = "pull_request"
_ANYBODYS = frozenset(
    {"commit_comment", "discussion", "discussion_comment", "fork", "gollum", "issue_comment", "issues", "watch"}
)
_BROKEN = frozenset({Conclusion.FAILURE, Conclusion.TIMED_OUT, Conclusion.STARTUP_FAILURE})


def is_trusted(run: WorkflowRun, context: Context, event: str | None) -> bool:
    """Did our own branch run there, or what was asked for by its event?"""
    if run.head_repository is None or not is_here(run.head_repository, context):
        return False
    if event is not None:
        return run.event == event
    return not run.event.startswith(_PROPOSALS) and run.event not in _ANYBODYS


def trusted(runs: Iterable[WorkflowRun], context: Context, event: str | None = None) -> tuple[WorkflowRun, ...]:
    """Those of the runs that may be believed, in their order."""
    return tuple(run for run in runs if is_trusted(run, context, event))


def has_ended(run: WorkflowRun) -> bool:
    """Is there a conclusion?"""
    return run.status == "completed" and run.conclusion is not None


def is_broken(run: WorkflowRun) -> bool:
    """Did it end as a run ends whose work failed? A cancelled or skipped one says nothing."""
    return run.conclusion in _BROKEN


def ending(run: WorkflowRun) -> str:
    """How a run ended, or how it stands, in words."""
    return (run.conclusion.value if run.conclusion is not None else run.status).replace("_", " ")


async def run_before(context: Context, file: str, event: str | None = None) -> WorkflowRun | None:
    """The newest ended run of a workflow before the fix: at the commit before it, else at an older one."""
    before = context.fix.before
    if before is None:
        return None
    at_once = await context.reader.workflow_runs(file, sha=before, event=event)
    if ended := tuple(filter(has_ended, trusted(at_once or (), context, event))):
        return ended[0]
    runs = await context.reader.workflow_runs(file, branch=context.snapshot.default_branch, event=event)
    older = (run for run in filter(has_ended, trusted(runs or (), context, event)) if _is_older(run, context))
    for _, run in zip(range(_MOST_TRIED), older, strict=False):
        if await holds(context, run.head_sha, within=before):
            return run
    return None


async def has_fix(context: Context, sha: Sha) -> bool | None:
    """Does a commit contain the whole fix? None where no fix is known."""
    if not context.fix.commits:
        return None
    return all(await together(holds(context, commit, within=sha) for commit in context.fix.commits))


async def holds(context: Context, sha: Sha, *, within: Sha) -> bool:
    """Is a commit reachable from another? Not from one that was pushed over and is no longer there."""
    try:
        return sha == within or await context.reader.contains(within, sha)
    except NotFound:
        return False


def _is_older(run: WorkflowRun, context: Context) -> bool:
    landed = _landed(context)
    return landed is None or run.created_at < landed


def _landed(context: Context) -> datetime | None:
    """When the fix's newest commit was made, as far as the newest history tells."""
    newest = context.fix.commits[0]
    return next((commit.committed_at for commit in context.snapshot.history if commit.oid == newest), None)


def named(run: WorkflowRun) -> str:
    """A run in words: `suite.yml` #12 @ `555d7b3`."""
    attempt = f", attempt {run.run_attempt}" if run.run_attempt > 1 else ""
    return f"`{run.file}` #{run.run_number} @ `{short(run.head_sha)}`{attempt}"


def at_run(context: Context, run: WorkflowRun) -> Source:
    """A run's page."""
    return Source(url=run.url, place=named(run), sha=run.head_sha, fetched_at=context.snapshot.fetched_at)


def at_workflow(context: Context, file: str) -> Source:
    """The page of a workflow with all its runs."""
    return Source(
        url=f"{context.snapshot.url}/actions/workflows/{file}",
        place=f"runs of `{file}`",
        sha=context.snapshot.head,
        fetched_at=context.snapshot.fetched_at,
    )


def end_of(run: WorkflowRun, until: datetime) -> Wait:
    """What a run that has not ended is waited for by."""
    return Wait(topics=(workflow_run(run.id),), what=f"the workflow `{run.file}` (run {run.id})", until=until)


def may_begin(sha: Sha, context: Context) -> bool:
    """Is the commit the default branch's head, and so new that CI may not have begun there, as it will?

    https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
    """
    came = next((commit for commit in context.snapshot.history if commit.oid == sha), None)
    if (
        context.snapshot.supposed
        or came is None
        or sha != context.snapshot.head
        or context.now >= came.committed_at + GRACE
    ):
        return False
    return not any(word in came.message.lower() for word in SKIPS)


def begins(what: str, sha: Sha) -> str:
    """What is waited for that has not begun, in words."""
    return f"{what} to begin on `{short(sha)}` (within {GRACE.total_seconds() / 60:.0f} minutes), and to end"


def job_detail(job: WorkflowJob) -> Detail:
    """One line for a job, with its link."""
    ended = job.conclusion.value.replace("_", " ") if job.conclusion is not None else job.status
    return Detail(text=f"{job.name}: {ended}", url=job.url or None)


def reporters(outputs: Iterable[CheckOutput]) -> str | None:
    """Why the reports cannot be read as one, in words: any app may report a check of any name. None where they can."""
    apps = sorted({output.app for output in outputs})
    if len(apps) < 2:
        return None
    return f"{listed(tuple(f'`{app}`' for app in apps))} report a check of that name: whose counts is not said"


def took(run: WorkflowRun) -> tuple[Measure, ...]:
    """How long an ended run took in seconds, waiting included; nothing for a repeated one, whose begin is not told."""
    if not has_ended(run) or run.run_attempt > 1:
        return ()
    return (Measure(name="duration", value=(run.updated_at - run.created_at).total_seconds(), unit="s"),)
