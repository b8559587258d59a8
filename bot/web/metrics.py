"""`GET /metrics`: the server's counters in Prometheus' text format. An application of its own, for a port of its own.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.engine import Health
from bot.web.meters import Meters
from bot.web.readiness import Readiness


def metrics(meters: Meters, healthy: Callable[[], Awaitable[Health]]) -> ASGIApp:
    """The application. It has one page, and nothing of the webhook's."""
    readiness = Readiness(healthy)

    async def page(_: Request) -> Response:
        now = _Now(meters=meters, health=await readiness.health())
        return Response(generate_latest(now), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})

    return Starlette(routes=[Route("/metrics", page)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now(Collector):
    """The meters at one moment: collecting cannot wait, so the health was asked before."""

    meters: Meters
    health: Health | None

    def collect(self) -> Iterator[Metric]:
        return self.meters.families(self.health)
