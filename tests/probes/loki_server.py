"""A small Loki on loopback: streams of lines in time, asked as its documentation says, and answered so."""

import json
import re
from collections.abc import Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from .served import served

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MATCHER = re.compile(r'(\w+)="([^"]*)"')
FILTER = re.compile(r'\|= "([^"]*)"')


@dataclass(frozen=True)
class Entry:
    """A line that a program logged."""

    at: datetime
    line: str
    app: str = "shop"


@dataclass
class Loki:
    """What is kept; `asked` are the questions; `instead` answers all of them, by their queries."""

    entries: Iterable[Entry] = ()
    asked: list = field(default_factory=list)
    instead: dict = field(default_factory=dict)

    async def __call__(self, scope, receive, send) -> None:
        request = Request(scope)
        await self.answer(request)(scope, receive, send)

    def answer(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.asked.append((request.url.path, query, request.headers.get("x-scope-orgid")))
        if request.url.path != "/loki/api/v1/query_range":
            return PlainTextResponse("404 page not found", 404)
        if query["query"] in self.instead:
            return self.instead[query["query"]]
        if not query["query"].startswith("{"):
            return PlainTextResponse("parse error at line 1, col 1: syntax error: unexpected IDENTIFIER", 400)
        return JSONResponse(self.found(query))

    def found(self, query: dict) -> dict:
        names, texts = dict(MATCHER.findall(query["query"])), FILTER.findall(query["query"])
        start, end = int(query["start"]), int(query["end"])
        lines = [
            (nanoseconds(one.at), one.line)
            for one in self.entries
            if start <= nanoseconds(one.at) < end
            and one.app == names["app"]
            and all(text in one.line for text in texts)
        ]
        lines.sort(reverse=query["direction"] == "backward")
        values = [[str(at), line] for at, line in lines[: int(query["limit"])]]
        result = [{"stream": names, "values": values}] if values else []
        return {"status": "success", "data": {"resultType": "streams", "result": result, "stats": {}}}


def nanoseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1) * 1000


def matrix() -> Response:
    """What a query for numbers gives."""
    return JSONResponse({"status": "success", "data": {"resultType": "matrix", "result": []}})


def raw(body: str, status: int = 200) -> Response:
    """Anything."""
    return PlainTextResponse(body, status)


def long() -> Response:
    """More than is ever read."""
    return raw(json.dumps("x" * (5 << 20)))


@asynccontextmanager
async def loki(*entries: Entry, instead: dict):
    """A Loki that keeps these lines, and its port."""
    keeper = Loki(entries=entries, instead=instead)
    async with served(keeper) as port:
        yield keeper, port
