"""A check run is made once, whatever breaks off, and says all of its report in the end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.actions.check_run import Report
from bot.assessment.evidence import Sha
from bot.engine import Json, Refused, UnknownOutcome
from bot.github.check_runs import AT_ONCE
from bot.github.errors import Forbidden, GitHubError, RateLimited, Unavailable
from bot.github.reports import Annotation, CheckReport, Level, ReportEnd, StandingCheck

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DONE: Json = {"id": 4, "url": "u"}


def report(count: int, title: str = "faults") -> CheckReport:
    notes = (Annotation(path="a", line=line + 1, message="m", level=Level.FAILURE) for line in range(count))
    return CheckReport(
        name="policy",
        head_sha=Sha("c" * 40),
        conclusion=ReportEnd.FAILURE,
        title=title,
        summary="s",
        external_id="x",
        annotations=tuple(notes),
    )


class Checks:
    """One check run as GitHub keeps it. `troubles` meet the requests in order: an error, and whether it was done."""

    def __init__(self, *troubles: tuple[GitHubError, bool] | None) -> None:
        self.standing: StandingCheck | None = None
        self.made = 0
        self._troubles = list(troubles)

    async def check_create(self, report: CheckReport) -> StandingCheck:
        """Made."""
        return self._do(StandingCheck(id=4, url="u", conclusion=None, title="", summary="", annotations=0), report, 0)

    async def check_update(self, check: int, report: CheckReport, sent: int) -> StandingCheck:
        """Appended to."""
        assert self.standing is not None
        assert check == self.standing.id
        return self._do(self.standing, report, sent)

    async def check_find(self, report: CheckReport) -> StandingCheck | None:
        """What stands."""
        del report
        return self.standing

    def _do(self, now: StandingCheck, report: CheckReport, sent: int) -> StandingCheck:
        trouble = self._troubles.pop(0) if self._troubles else None
        if trouble is not None and not trouble[1]:
            raise trouble[0]
        self.made += now.title == ""
        batch = len(report.annotations[sent : sent + AT_ONCE])
        self.standing = replace(
            now,
            title=report.title,
            summary=report.summary,
            annotations=now.annotations + batch,
            conclusion=report.conclusion if sent + batch == len(report.annotations) else None,
        )
        if trouble is not None:
            raise trouble[0]
        return self.standing


async def delivered(checks: Checks, write: Report) -> Json:
    """What the engine does: where the outcome is unknown it looks, and sends again what is not there."""
    for _ in range(4):
        try:
            return await write.send()
        except UnknownOutcome:
            found = await write.find(NOW)
        if found is not None:
            return found
    raise AssertionError("never")


AWAY = Unavailable("GitHub did not answer")
LIMIT = RateLimited(NOW)


@pytest.mark.parametrize(
    ("count", "troubles"),
    [
        (0, []),
        (130, []),
        (2, [(AWAY, True)]),
        (2, [(AWAY, False)]),
        (130, [(AWAY, True)]),
        (130, [None, (AWAY, True)]),
        (130, [None, (AWAY, False), (AWAY, True)]),
        (130, [None, None, (AWAY, True)]),
        (130, [None, (LIMIT, False)]),
    ],
)
async def test_once_and_whole(count: int, troubles: list[tuple[GitHubError, bool] | None]) -> None:
    """However a request breaks off, there is one check run with each annotation once, and it has ended."""
    checks = Checks(*troubles)
    assert await delivered(checks, Report(checks, report(count))) == DONE
    assert checks.standing is not None
    assert (checks.made, checks.standing.annotations, checks.standing.conclusion) == (1, count, "failure")


async def test_after_a_crash_it_goes_on() -> None:
    """Another process finds what was begun, and joins the rest to it."""
    checks = Checks(None, (Forbidden("archived"), False))
    with pytest.raises(Refused):
        await Report(checks, report(130)).send()
    resumed = Report(checks, report(130))
    assert await resumed.find(NOW) is None
    assert await resumed.send() == DONE
    assert checks.standing is not None
    assert (checks.made, checks.standing.annotations) == (1, 130)


async def test_one_that_stands_is_changed() -> None:
    """Its annotations of before stay, as GitHub has it; ours are counted from there."""
    checks = Checks()
    await Report(checks, replace(report(1), conclusion=None)).send()
    changed = Report(checks, report(60, "more"), existing=checks.standing)
    assert await changed.find(NOW) is None
    assert await changed.send() == DONE
    assert await changed.find(NOW) == DONE
    assert checks.standing is not None
    assert (checks.made, checks.standing.title, checks.standing.annotations) == (1, "more", 61)


@pytest.mark.parametrize(("error", "until"), [(LIMIT, NOW), (Forbidden("checks: write"), None)])
async def test_a_refusal_made_nothing(error: GitHubError, until: datetime | None) -> None:
    """A limit names its time, a missing permission is final and named."""
    with pytest.raises(Refused) as refused:
        await Report(Checks((error, False)), report(2)).send()
    assert (refused.value.retry_at, refused.value.reason) == (until, str(error))
