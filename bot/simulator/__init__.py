"""A stateful GitHub over HTTP: test double, world of the demo, and a tool for users.

It speaks HTTP and JSON and shares no code with the rest of the project, so that a mistake in
our models cannot be hidden by the same mistake in the fake. Git data come from real repositories.
"""

from bot.simulator.front import create_app
from bot.simulator.loading import WorldError, load_world
from bot.simulator.server import serve

__all__ = ["WorldError", "create_app", "load_world", "serve"]
