"""From ``world.json`` to a world: every fault names the place in the file."""

from bot.simulator.loading.world import WorldError, load_world, unload_world

__all__ = ["WorldError", "load_world", "unload_world"]
