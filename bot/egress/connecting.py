"""Sockets for what speaks no HTTP: the same checks, and a plain connected socket to go on with."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

from bot.egress.addresses import refusal_of
from bot.egress.exchange import Connection, Unanswered
from bot.egress.rules import NOT_REACHABLE, EgressSettings, Refusal, host_check, host_of, port_check
from bot.egress.sockets import checked_addresses
from bot.egress.way import Way

SocketDial = Callable[[str, int], Awaitable[socket.socket]]
"""Connects to an address (never a name) and a port; raises `OSError`."""


async def dial_socket(address: str, port: int) -> socket.socket:
    """A connected, non-blocking TCP socket over the real network; raises `OSError`."""
    with ExitStack() as undo:
        made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        undo.callback(made.close)
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(made, (address, port))
        undo.pop_all()
        return made


async def connect(way: Way, host: str, port: int, *, within: timedelta, dial: SocketDial = dial_socket) -> Connection:
    """A socket to a checked address of a host, looked up once.

    Raises `Blocked`, `Deadline` (its turn is too far off), `Unanswered`, `Unsendable`.
    `within` begins with the turn, and spans the look-up and all addresses that are tried. The turn bounds how many
    connect at once; a socket that stands is its owner's, whose own number is bounded.
    """
    name = host_of(host)
    port_check(port, way.settings)
    await way.paced(name)
    async with way.turned(name):
        started = asyncio.get_running_loop().time()
        host_check(name, way.settings)
        seconds = within.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                addresses = await checked_addresses(name, way.settings, way.resolver)
        except TimeoutError as exc:
            raise Refusal(f"{name} was not looked up in time") from exc
        left = seconds - (asyncio.get_running_loop().time() - started)
        each = max(left, 0.0) / len(addresses)
        try:
            made, waited = await _first_socket(way, addresses, partial(_dialled, port=port, within=each, dial=dial))
        except OSError as exc:
            raise _nobody(way, f"{name}:{port}", addresses, exc) from exc
        _check_peer(made, way.settings)
        elapsed = timedelta(seconds=asyncio.get_running_loop().time() - started - waited)
        return Connection(socket=made, host=name, port=port, elapsed=elapsed)


async def _first_socket(
    way: Way, addresses: tuple[str, ...], dial: Callable[[str], Awaitable[socket.socket]]
) -> tuple[socket.socket, float]:
    """The first socket that stands, and the seconds that our own pace took before.

    Raises `OSError`, the kind that says most: a refusal, if any address refused.
    """
    failed: OSError = TimeoutError()
    waited = 0.0
    for address in addresses:
        waited += await way.paced_at(address)
        try:
            return await dial(address), waited
        except ConnectionRefusedError as exc:
            failed = exc
        except OSError:  # also the timeout
            continue
    raise failed


async def _dialled(address: str, *, port: int, within: float, dial: SocketDial) -> socket.socket:
    async with asyncio.timeout(within):
        return await dial(address, port)


def _nobody(way: Way, place: str, addresses: tuple[str, ...], failed: OSError) -> Exception:
    """What nobody's answer means. That a public address refuses is its own answer, and may be told.

    Silence may be our own network's, and what was granted is not for everybody: neither is told apart.
    """
    detail = f"nobody answers at {place} ({', '.join(addresses)})"
    if not isinstance(failed, ConnectionRefusedError) or any(refusal_of(address, ()) for address in addresses):
        return Refusal(detail)
    way.on_refused(place.rpartition(":")[0], detail)
    return Unanswered(NOT_REACHABLE)


def _check_peer(made: socket.socket, settings: EgressSettings) -> None:
    # The kernel's own word on whom we talk to, as for HTTP.
    with ExitStack() as undo:
        undo.callback(made.close)
        try:
            peer = str(made.getpeername()[0])
        except OSError as exc:
            raise Refusal("the peer left at once") from exc
        if refusal := refusal_of(peer, settings.allow_networks):
            raise Refusal(f"the peer: {refusal}")
        undo.pop_all()
