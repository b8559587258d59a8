"""Deployments: what a newer one does to the older ones of its environment."""

from bot.simulator.entities import Deployment, DeploymentStatus
from bot.simulator.world import World


def retire_older(world: World, newer: Deployment) -> None:
    """Once a deployment has succeeded, the earlier ones of its environment become inactive.

    Source: https://docs.github.com/rest/deployments/statuses (``auto_inactive``)
    """
    if not newer.statuses or newer.statuses[-1].state != "success":
        return
    for older in newer.repository.deployments:
        rival = older.environment == newer.environment and older.id < newer.id
        if rival and older.statuses and older.statuses[-1].state == "success":
            at = newer.statuses[-1].created_at
            state = DeploymentStatus(id=world.ids.take(), state="inactive", creator=newer.creator, created_at=at)
            older.statuses.append(state)
