"""What a pending answer can wait for, as names: a probe writes them down, and the event that comes in bears the same.

Numbers are GitHub's database ids, which survive renames; a number of an issue goes with its repository's id.
"""

from bot.assessment.evidence import Sha


def workflow_run(run_id: int) -> str:
    """One run of a workflow ended."""
    return f"workflow_run:{run_id}"


def workflow_of(repository_id: int, file: str) -> str:
    """A run of the workflow file (`suite.yml`) ended, whichever."""
    return f"workflow:{repository_id}:{file}"


def check_suite(repository_id: int, sha: Sha) -> str:
    """A check suite at a commit ended, or the commit got a status that is an end."""
    return f"check_suite:{repository_id}:{sha}"


def deployment(repository_id: int, environment: str) -> str:
    """A deployment to an environment changed its state; GitHub's names of environments do not care for case."""
    return f"deployment:{repository_id}:{environment.casefold()}"


def deployed(repository_id: int, environment: str) -> str:
    """A deployment to an environment succeeded. GitHub's names of environments do not care for case."""
    return f"deployed:{repository_id}:{environment.casefold()}"


def issue_closed(repository_id: int, number: int) -> str:
    """An issue was closed."""
    return f"issue_closed:{repository_id}:{number}"


def set_aside(repository_id: int, number: int) -> str:
    """An issue was closed as not planned, or as a duplicate: whatever waits at it is over."""
    return f"set_aside:{repository_id}:{number}"


def issue_closed_at(repository: str, number: int) -> str:
    """An issue of another repository was closed, of which no more than the name (`owner/name`) is known."""
    return f"issue_closed:{repository.lower()}:{number}"


def waiver(repository_id: int, number: int, criterion: str) -> str:
    """A waiver of a criterion of an issue is over. Nobody tells: it is waited for by the clock."""
    return f"waiver:{repository_id}:{number}:{criterion}"


def announced(repository_id: int, number: int) -> str:
    """Somebody may have objected to the announced closing of an issue: he commented, or changed his comment.

    Of reactions nobody tells, nor that the closing is due: both are waited for by the clock.
    """
    return f"announced:{repository_id}:{number}"


def answered(repository_id: int, number: int) -> str:
    """What waits at an issue has come to its end. Nobody tells: whoever made way for it is called, or comes in time."""
    return f"answered:{repository_id}:{number}"


def confirmed(repository_id: int, number: int) -> str:
    """Somebody confirmed the fix of an issue; or it was reopened, so that earlier words count no more."""
    return f"confirmed:{repository_id}:{number}"


def watch(repository_id: int, number: int) -> str:
    """An issue that is to be looked at again after its closing is closed no longer, or gone."""
    return f"watch:{repository_id}:{number}"
