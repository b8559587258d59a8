"""The same journey with everything kept in Postgres."""

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import answers, get, world


async def test_close_on_postgres(on_stage: Staging, shas: Shas, database_url: str) -> None:
    """`DATABASE_URL` is all that it takes: a command closes, and its evidence is found again."""
    async with on_stage(world(shas), DATABASE_URL=database_url) as stage:
        issue = await stage.command("Created `service/monitoring.py`.\n\n/assess-resolution")
        again = await stage.command("/assess-resolution")
        link = answers(again)[-1].split("](https://bot.example.com")[-1].split(")")[0]
        assert (await get(stage.url + link)).status_code == 200
    assert issue["state"] == "closed"
    assert "already closed, verified" in answers(again)[-1].splitlines()[0]
