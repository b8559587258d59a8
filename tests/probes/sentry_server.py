"""A small Sentry on loopback: an issue, its events and releases, asked as its documentation says, and answered so."""

from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .served import served

TOKEN = "Bearer sntrys-4711-0815"
PAGE = 100
GONE = {"detail": "The requested resource does not exist"}


@dataclass(frozen=True)
class Event:
    """An event of the issue."""

    at: datetime
    release: str | None = None
    environment: str = "production"

    def told(self) -> dict:
        tags = [{"key": "environment", "value": self.environment}, {"key": "level", "value": "fatal"}]
        tags += [{"key": "release", "value": self.release}] if self.release else []
        return {"eventID": "9fac2ceed9344f2bbfdd1fdacb0ed9b1", "tags": tags, "dateCreated": zulu(self.at), "user": None}


@dataclass
class Sentry:
    """The organization `acme` with the issue SHOP-1A. `instead` answers by the end of the path."""

    events: tuple[Event, ...] = ()
    releases: Mapping[str, datetime] = field(default_factory=dict)
    released: Mapping[str, datetime] = field(default_factory=dict)
    about: dict = field(default_factory=dict)
    instead: Mapping[str, Response] = field(default_factory=dict)
    asked: list = field(default_factory=list)

    async def __call__(self, scope, receive, send) -> None:
        await self.answer(Request(scope))(scope, receive, send)

    def answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append((path, dict(request.query_params)))
        for end, response in self.instead.items():
            if path.endswith(end):
                return response
        if request.headers.get("authorization") != TOKEN:
            return JSONResponse({"detail": "Authentication credentials were not provided."}, 401)
        match path.removeprefix("/api/0/organizations/acme/").split("/"):
            case ["issues", "SHOP-1A" | "4711", ""]:
                return JSONResponse(self.issue())
            case ["issues", "SHOP-1A" | "4711", "events", ""]:
                return self.page(request)
            case ["releases", version, ""] if version in self.releases:
                return JSONResponse(self.release(version))
            case _:
                return JSONResponse(GONE, 404)

    def issue(self) -> dict:
        times = sorted(event.at for event in self.events) or [datetime(2025, 9, 1, tzinfo=UTC)]
        plain = {
            "id": "4711",
            "shortId": "SHOP-1A",
            "title": "ValueError: ann@example.com",
            "count": str(len(self.events)),
            "userCount": 1,
            "firstSeen": zulu(times[0]),
            "lastSeen": zulu(times[-1]),
            "status": "resolved",
            "statusDetails": {},
            "firstRelease": None,
            "lastRelease": None,
            "permalink": "https://sentry.example.com/acme/shop/issues/4711/",
        }
        return {**plain, **self.about}

    def page(self, request: Request) -> Response:
        start, end = (datetime.fromisoformat(request.query_params[one]) for one in ("start", "end"))
        environment = request.query_params.get("environment")
        found = [
            event
            for event in sorted(self.events, key=lambda event: event.at, reverse=True)
            if start <= event.at.replace(tzinfo=None) < end and environment in {None, event.environment}
        ]
        more = "true" if len(found) > PAGE else "false"
        link = (
            f'<{request.url}&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", '
            f'<{request.url}&cursor=0:100:0>; rel="next"; results="{more}"; cursor="0:100:0"'
        )
        return JSONResponse([event.told() for event in found[:PAGE]], headers={"Link": link})

    def release(self, version: str) -> dict:
        made, released = zulu(self.releases[version]), self.released.get(version)
        plain = {"version": version, "dateCreated": made, "dateReleased": None, "newGroups": 0, "projects": []}
        return {**plain, "dateReleased": zulu(released)} if released else plain


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@asynccontextmanager
async def sentry(**about):
    """A Sentry, and its port."""
    keeper = Sentry(**about)
    async with served(keeper) as port:
        yield keeper, port
