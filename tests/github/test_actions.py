"""Reading GitHub Actions: what the probes do not show by themselves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.assessment.evidence import Sha
from bot.github.actions import ActionsReads
from bot.github.errors import Forbidden, Unavailable
from bot.github.models import Checks
from bot.github.runs import CheckOutput
from bot.github.scopes import Scope

from .stand_in import outcome
from .world import PERMISSIONS, Shop, shop

LOGS = "/repos/{owner}/{repo}/actions/runs/{run_id}/logs"


def scope_of(one: Shop) -> Scope:
    return one.session._scope


async def ended(one: Shop, **more: object) -> int:
    made = await one.simulator.control("workflow_run", repo=one.session._scope.repository.full_name, **more)
    return int(str(made["id"]))


async def test_a_download_has_an_end(tmp_path: Path) -> None:
    """What is larger than wanted is not fetched whole."""
    async with shop(tmp_path) as one:
        run = await ended(one, log="x" * 5000)
        assert await scope_of(one).download(LOGS, 100, run_id=run) is None
        assert (await scope_of(one).download(LOGS, 100_000, run_id=run) or b"").startswith(b"PK")


async def test_a_renamed_repository(tmp_path: Path) -> None:
    """Its new address is asked with credentials, the signed one without."""
    async with shop(tmp_path) as one:
        run = await ended(one, log="hello")
        await one.simulator.control("rename", repo="acme/shop", name="store")
        logs = await ActionsReads(scope_of(one)).logs(run)
    assert isinstance(logs, tuple)
    assert logs[0].text.rstrip().endswith(b"Z hello")


async def test_an_address_that_is_over(tmp_path: Path) -> None:
    """The store refuses it; that is trouble, and no absent log."""
    async with shop(tmp_path) as one:
        run = await ended(one, log="hello")
        now = one.simulator.world.clock()
        # Signing and looking at the signature each ask the clock: the signature is over as soon as it is made.
        one.simulator.world.clock = iter_clock(now)
        assert Unavailable is type(await outcome(ActionsReads(scope_of(one)).logs(run)))


def iter_clock(now: datetime) -> Callable[[], datetime]:
    """A clock that goes two minutes further whenever it is asked."""
    later = [now]

    def clock() -> datetime:
        later.append(later[-1] + timedelta(minutes=2))
        return later[-1]

    return clock


async def test_no_permission(tmp_path: Path) -> None:
    """The permission is named."""
    granted = {name: "write" if name == "issues" else "read" for name in PERMISSIONS if name != "actions"}
    async with shop(tmp_path, granted, private=True) as one:
        told = await outcome(ActionsReads(scope_of(one)).runs("ci.yml", {}))
    assert isinstance(told, Forbidden)
    assert told.needed == "actions=read"


async def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    """Not even at the same moment; an archive serves all jobs."""
    async with shop(tmp_path) as one:
        run = await ended(one, logs={"a": "1", "b": "2"})
        reads = ActionsReads(scope_of(one))
        found = [await reads.logs(run, job) for job in ("a", "b", None, "c")]
        again = [await reads.run(run) for _ in range(2)]
    assert [[log.job for log in logs] for logs in found if isinstance(logs, tuple)] == [["a"], ["b"], ["a", "b"], []]
    assert again[0] == again[1] is not None
    assert sum(f"/runs/{run}" in each.path for each in one.exchanges) == 2


async def test_what_checks_report(tmp_path: Path) -> None:
    """The newest of a name; nothing for another name."""
    async with shop(tmp_path) as one:
        await one.simulator.control(
            "check", repo="acme/shop", sha=one.second, name="r", app="ci", title="T", summary="S", conclusion="success"
        )
        reads = ActionsReads(scope_of(one))
        (told,) = await reads.outputs(one.second, "r")
        assert await reads.outputs(one.second, "none") == ()
    assert told == CheckOutput(name="r", app="ci", title="T", summary="S", text="", url=told.url)
    assert told.words == "T\nS"


async def test_the_heads_checks_are_those_of_the_snapshot(tmp_path: Path) -> None:
    """A merge that is only tried has none of its own: the snapshot has those of the pull request's head."""
    async with shop(tmp_path) as one:
        await one.simulator.control("check", sha=one.second, name="r", app="ci", title="T", conclusion="success")
        tried = Sha("e" * 40)
        now = replace(await one.session.snapshot(3), head=tried, head_checks=Checks(sha=Sha(one.second), checks=()))
        (told,) = await one.session.reader(now).check_outputs(tried, "r")
    assert told.title == "T"
