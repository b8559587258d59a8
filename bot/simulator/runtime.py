"""Everything of one running simulator, as one value that the HTTP side is given."""

from dataclasses import dataclass

from bot.simulator.exchanges import Exchanges
from bot.simulator.faults import Faults
from bot.simulator.webhooks import Courier
from bot.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulator:
    """A world with its courier, its faults and its record of exchanges."""

    world: World
    courier: Courier
    faults: Faults
    exchanges: Exchanges


def create_simulator(world: World) -> Simulator:
    """A simulator of a world, without faults, with an empty record."""
    return Simulator(world=world, courier=Courier(world), faults=Faults(), exchanges=Exchanges())
