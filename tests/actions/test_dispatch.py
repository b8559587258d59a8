"""Starting a workflow once: what is kept of it, and how a refusal is put."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from bot.actions.dispatch import Dispatch, Start
from bot.engine import Refused, UnknownOutcome
from bot.github import errors

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
START = Start(workflow="suite.yml", ref="main", inputs={})


class Starter:
    """Answers with what it was given."""

    def __init__(self, answer: int | errors.GitHubError | None, found: tuple[int, datetime] | None = None) -> None:
        self._answer = answer
        self._found = found

    async def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> int | None:
        """The answer, or the error."""
        assert (workflow, ref, inputs) == ("suite.yml", "main", {})
        if isinstance(self._answer, errors.GitHubError):
            raise self._answer
        return self._answer

    async def login(self) -> str:
        """Ours."""
        return "resolution[bot]"

    async def dispatched_since(self, workflow: str, since: datetime) -> tuple[int, datetime] | None:
        """What was found."""
        assert (workflow, since) == ("suite.yml", NOW)
        return self._found


@pytest.mark.parametrize("run", [8841, None], ids=["with-details", "empty"])
async def test_what_is_kept(run: int | None) -> None:
    """The run where GitHub told it, else by whom it was started; and the moment."""
    by = {} if run else {"by": "resolution[bot]"}
    kept = await Dispatch(Starter(run), start=START, clock=lambda: NOW).send()
    assert kept == {"run": run, "at": NOW.isoformat(), **by}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.NotFound("GitHub answered 404"), "there is no workflow suite.yml on main"),
        (errors.Forbidden("GitHub answered 403: Resource not accessible by integration"), "actions: write"),
        (errors.Refused("Workflow does not have 'workflow_dispatch' trigger", 422), "'workflow_dispatch' trigger"),
    ],
    ids=["no-such-workflow", "no-permission", "not-dispatchable"],
)
async def test_a_refusal_is_final_and_plain(error: errors.GitHubError, words: str) -> None:
    """It says what is missing."""
    with pytest.raises(Refused) as refused:
        await Dispatch(Starter(error), start=START, clock=lambda: NOW).send()
    assert words in refused.value.reason
    assert refused.value.retry_at is None


async def test_no_answer_is_looked_into() -> None:
    """It may have started: then our own run is found, or none."""
    with pytest.raises(UnknownOutcome):
        await Dispatch(Starter(errors.Unavailable()), start=START, clock=lambda: NOW).send()
    found = Dispatch(Starter(None, (8841, NOW)), start=START, clock=lambda: NOW)
    assert await found.find(NOW) == {"run": 8841, "at": NOW.isoformat()}
    assert await Dispatch(Starter(None), start=START, clock=lambda: NOW).find(NOW) is None
