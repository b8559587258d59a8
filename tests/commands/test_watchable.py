"""Whether what is looked at after a closing contains the fix."""

from dataclasses import replace

import pytest

from bot.assessment.watching import There
from bot.commands.watchable import whether_there
from bot.github.errors import RateLimited
from bot.github.models import Unknown
from bot.probes.contract import Fix
from tests.commands.test_whereabouts import FIX, GONE, LATER, PREVIEWS, START, Limited, Withheld, deployed, place

EU, STAGING = "live-eu", "staging"
CASES = {
    "nothing is deployed": ((), None, True),
    "it runs where it ran": ((deployed(LATER),), "production", True),
    "spelled otherwise": ((deployed(LATER),), "Production", True),
    "rolled back": ((deployed(START, 2), deployed(FIX, 3, state=GONE)), "production", False),
    "never deployed": ((deployed(START),), None, False),
    "deployed since": ((deployed(FIX, 2), deployed(START, 3, state=GONE)), None, True),
    "in staging only, production asked as well": ((deployed(FIX, to=STAGING), deployed(START)), STAGING, None),
    "in staging and production": ((deployed(FIX, to=STAGING), deployed(LATER)), STAGING, True),
    "what people use comes before the rest": ((deployed(FIX), deployed(START, to=STAGING)), None, True),
    "in one region only": ((deployed(FIX), deployed(START, to=EU)), "production", None),
    "no foremost one, and some have it": ((deployed(FIX, to=STAGING), deployed(START, to="qa")), None, None),
    "no foremost one, and none has it": ((deployed(START, to=STAGING), deployed(START, to="qa")), None, False),
    "taken down where it ran": ((deployed(FIX, state=GONE),), "production", None),
    "taken down there, another one lives": (
        (deployed(FIX, to=STAGING, state=GONE), deployed(START)),
        STAGING,
        None,
    ),
    "nothing is live": ((deployed(FIX, state="failure"),), None, None),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_runs(name: str) -> None:
    """The default branch stands for what runs only where nothing is ever deployed; some is not all."""
    known, environment, expected = CASES[name]
    at, _ = place(*known)
    assert await whether_there(at, environment) == There(branch=True, service=expected)


@pytest.mark.parametrize(("known", "expected"), [((), True), ((deployed(LATER),), None)], ids=["nowhere", "deployed"])
async def test_a_fix_without_commits(known, expected: bool | None) -> None:
    """Of what is deployed nobody can tell whether it has it."""
    at, _ = place(*known, fix=Fix(commits=(), before=None, paths=()))
    assert await whether_there(at, None) == There(branch=True, service=expected)


@pytest.mark.parametrize(
    ("known", "environment", "more", "expected"),
    [
        (PREVIEWS, None, (deployed(START, 5),), False),
        (PREVIEWS, None, (deployed(FIX, 5),), True),
        (PREVIEWS, "qa", (deployed(FIX, 5, to="qa"),), True),
        (PREVIEWS, None, (), False),
        (PREVIEWS, None, (deployed(START, 5, to="qa"),), None),
        (PREVIEWS, None, tuple(deployed(START, 5, to="qa") for _ in range(80)), None),
    ],
    ids=["old", "new", "elsewhere", "only previews", "too many environments", "there may be more"],
)
async def test_where_many_are_deployed(known, environment: str | None, more, expected: bool | None) -> None:
    """What a busy environment has pushed out is read; where more may be left, nothing is claimed."""
    at, _ = place(*known, more=more)
    assert (await whether_there(at, environment)).service is expected


async def test_what_cannot_be_read() -> None:
    """Then it is not known, for whatever reason."""
    at, _ = place(deployed(LATER), reader=Withheld)
    assert await whether_there(at, None) == There(branch=None, service=None)
    unread = replace(at, snapshot=replace(at.snapshot, deployments=Unknown(reason="no right")))
    assert (await whether_there(unread, "production")).service is None


async def test_a_limit() -> None:
    """It is waited for, and is no answer."""
    at, _ = place(deployed(LATER), reader=Limited)
    with pytest.raises(RateLimited):
        await whether_there(at, None)
