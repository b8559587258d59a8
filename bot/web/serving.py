"""The server: uvicorn, with deadlines for whoever sends slowly and a bound on connections.

uvicorn waits for a request without end, so a few hundred silent connections would shut everybody out. Here a
connection has `Limits.head` to send the head of a request (and between requests), and `Limits.request` to send all of
it. Where all places are taken, the connection that has been silent longest goes.

No timer is set per request: one sweep over the deadlines, every `Limits.sweep`, is cheaper; a limit may be exceeded by
that much.
"""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Final, TypeVar

import uvicorn
import uvloop
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bot.groups import Group

MAX_HEAD: Final = 64 * 1024
MAX_REQUEST: Final = 27 * 1024 * 1024  # the largest body, with the framing of its chunks
_BACKLOG: Final = 1024
_SETTLED: Final = timedelta(seconds=1)
_T = TypeVar("_T")


class CannotListen(Exception):
    """The address cannot be taken; `str()` says which and what to set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """An application and where it is served; `on_listening` gets the port as soon as connections are accepted."""

    app: ASGIApp
    listen: Listen
    on_listening: Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much. `grace` is for answers that are under way at the end."""

    head: timedelta = timedelta(seconds=5)
    request: timedelta = timedelta(seconds=10)
    sweep: timedelta = timedelta(seconds=0.5)
    grace: timedelta = timedelta(seconds=20)
    connections: int = 512


STANDARD: Final = Limits()


def run(main: Coroutine[None, None, _T]) -> _T:
    """Run a coroutine on the loop that serving is measured with.

    What stands a moment after the start (modules, mostly) stands for good: the garbage collector need not walk over it
    again and again. Measured at a tenth of a delivery's CPU and more, since there is so much of it.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.get_loop().call_later(_SETTLED.total_seconds(), gc.freeze)
        return runner.run(main)


async def serve(
    app: ASGIApp,
    listen: Listen,
    *,
    on_listening: Callable[[int], None],
    stop: asyncio.Event | None = None,
    limits: Limits = STANDARD,
    beside: Site | None = None,
) -> None:
    """Serve until SIGTERM, SIGINT or `stop`, then finish what is under way; a second signal does not wait for it.

    `on_listening` gets the port as soon as connections are accepted. `beside` is served as long. Raises `CannotListen`.
    """
    stop = stop or asyncio.Event()
    sites = (Site(app=app, listen=listen, on_listening=on_listening), *((beside,) if beside else ()))
    with contextlib.ExitStack() as open_:
        listeners = [open_.enter_context(_bound(site.listen)) for site in sites]
        async with Group() as group:
            for place, (site, listener) in enumerate(zip(sites, listeners, strict=True)):
                waiting = Waiting(limits=limits)
                # one of them alone hears the signals: a process has one handler for each
                server = _Server(_config(site.app, waiting), stop, hears=place == 0)
                site.on_listening(listener.getsockname()[1])
                group.create_task(_served(server, waiting, listener))


async def _served(server: "_Server", waiting: "Waiting", listener: socket.socket) -> None:
    async with Group() as group:
        beside = (group.create_task(_sweep(waiting)), group.create_task(server.wait_for_stop()))
        await server.serve(sockets=[listener])
        for task in beside:
            task.cancel()


def _config(app: ASGIApp, waiting: "Waiting") -> uvicorn.Config:
    class Bound(DeadlineProtocol):
        """uvicorn makes protocols from a class alone, so what they share hangs on one."""

        shared = waiting

    return uvicorn.Config(
        app,
        http=Bound,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",  # what strangers send is not worth a warning each
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=int(waiting.limits.grace.total_seconds()),
    )


@contextlib.contextmanager
def _bound(listen: Listen) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    # Named, since asyncio sends small answers at once (TCP_NODELAY) only where it knows that it is TCP.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((listen.host, listen.port))
            listener.listen(_BACKLOG)
        except OSError as error:
            raise CannotListen(f"cannot listen on {listen.host} port {listen.port}: {error.strerror}") from error
        yield listener


class _Server(uvicorn.Server):
    """A server that leaves signals as it found them: uvicorn would raise them once more after its own end.

    That would end the process before whoever called us could close his own resources.
    """

    def __init__(self, config: uvicorn.Config, stop: asyncio.Event, *, hears: bool) -> None:
        super().__init__(config)
        self._stop = stop
        self._hears = hears

    async def wait_for_stop(self) -> None:
        """Ends the server when it is asked to."""
        await self._stop.wait()
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal, do not even wait at the second."""
        loop = asyncio.get_running_loop()
        wanted = (signal.SIGINT, signal.SIGTERM) if self._hears else ()
        for number in wanted:
            with contextlib.suppress(ValueError, RuntimeError):  # not on the main thread: nothing to catch
                loop.add_signal_handler(number, self._on_signal)
        try:
            yield
        finally:
            for number in wanted:
                with contextlib.suppress(ValueError, RuntimeError):
                    loop.remove_signal_handler(number)

    def _on_signal(self) -> None:
        self.force_exit = self._stop.is_set()
        self._stop.set()


@dataclass(slots=True)
class Waiting:
    """Connections that owe us bytes, with the moment (of the loop's clock) at which they are cut.

    A dict keeps them in order of their last deadline, so the first one has been silent longest.
    """

    limits: Limits = STANDARD
    deadlines: "dict[DeadlineProtocol, float]" = field(default_factory=dict)

    def cut_late(self, now: float) -> None:
        """Cut every connection whose time is up."""
        for connection, deadline in tuple(self.deadlines.items()):
            if deadline <= now:
                connection.cut()

    def cut_oldest(self) -> bool:
        """Cut the connection that owes us longest; False where all are being answered."""
        oldest = next(iter(self.deadlines), None)
        if oldest is not None:
            oldest.cut()
        return oldest is not None


async def _sweep(waiting: Waiting) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(waiting.limits.sweep.total_seconds())
        waiting.cut_late(loop.time())


class DeadlineProtocol(HttpToolsProtocol):
    """HTTP/1.1 with deadlines and bounds. llhttp, below it, is strict: it refuses Content-Length beside chunks.

    Where a request stands is read off uvicorn's own state after each packet; hooking into every callback of the parser
    costs as much as the checks of the webhook.
    """

    shared: Waiting
    _received = 0  # bytes of the request that is arriving
    _phase: "_Phase | None" = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """A newcomer: somebody silent makes room for it."""
        super().connection_made(transport)
        if len(self.connections) > self.shared.limits.connections and not self.shared.cut_oldest():
            transport.abort()
            return
        self._owe(self.shared.limits.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._owe(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A packet."""
        self._received += len(data)
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None:  # until a first head is complete
            self._enter(_Phase.HEAD)
        elif cycle.more_body:
            self._enter(_Phase.BODY)
        elif cycle.response_complete:
            self._enter(_Phase.HEAD)
        else:
            self._enter(None)

    def _enter(self, phase: "_Phase | None") -> None:
        """What of a request is arriving; None where all of it is here, and we owe the answer.

        The phases begin the deadlines. Bytes are counted, since llhttp itself would take a head without end.
        """
        limits = self.shared.limits
        if phase is None:
            self._phase = None
            self._owe(None)
        elif phase is not self._phase:
            self._phase = phase
            self._owe(limits.request if phase is _Phase.BODY else limits.head)
        if self._received > (MAX_HEAD if phase is _Phase.HEAD else MAX_REQUEST):
            self.cut()

    def on_response_complete(self) -> None:
        """The answer is sent; the next request has its time, unless the rest of a refused one still comes.

        Where nothing else waits, uvicorn would only set a timer of its own for the silence.
        """
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        if self._phase is None:
            self._received = 0
            self._owe(self.shared.limits.head)

    def cut(self) -> None:
        """Drop the connection at once."""
        self._owe(None)
        if not self.transport.is_closing():
            self.transport.abort()

    def _owe(self, limit: timedelta | None) -> None:
        deadlines = self.shared.deadlines
        deadlines.pop(self, None)
        if limit is not None:
            deadlines[self] = self.loop.time() + limit.total_seconds()


class _Phase(Enum):
    """What of a request is arriving."""

    HEAD = 0
    BODY = 1
