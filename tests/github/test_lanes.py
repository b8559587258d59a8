"""Lanes: the last used are kept, none in use is closed, all are closed at the end."""

import asyncio

from bot.github.lanes import EVERYTHING, Lanes

from .stand_in import StandIn, Transport


async def test_the_least_recently_used_lane_is_closed() -> None:
    """Beyond the size, the one that was not used for longest goes."""
    lanes = Lanes(Transport(StandIn()), size=2)
    clients = {}
    for name in ("a", "b", "a", "c"):
        async with lanes.use(name) as lane:
            clients[name] = lane.client
    assert {name: client.is_closed for name, client in clients.items()} == {"a": False, "b": True, "c": False}
    await lanes.aclose()
    assert all(client.is_closed for client in clients.values())


async def test_a_lane_in_use_is_never_closed() -> None:
    """However many others come along."""
    lanes = Lanes(Transport(StandIn()), size=1)
    async with lanes.use("busy") as busy:
        for name in "abc":
            async with lanes.use(name):
                await asyncio.sleep(0)
        assert not busy.client.is_closed
    async with lanes.use("busy") as again:
        assert again is busy
    await lanes.aclose()


async def test_a_lane_keeps_its_limits_and_answers() -> None:
    """As long as it is among the last used."""
    lanes = Lanes(Transport(StandIn()))
    async with lanes.use("a") as lane:
        lane.strikes = 3
    async with lanes.use("a") as lane, lanes.use("b") as other:
        assert (lane.strikes, other.strikes, EVERYTHING in other.limits) == (3, 0, False)
    await lanes.aclose()
