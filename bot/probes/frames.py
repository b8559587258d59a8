"""A WebSocket conversation over a line that is open already: upgrade, messages out, messages in, goodbye.

The protocol itself is the `websockets` library's, without its connection: so every byte is read here, in small pieces
and up to a bound, and no redirect, proxy, compression or keep-alive of its own is at work.
Source: RFC 6455; https://websockets.readthedocs.io/en/stable/howto/sansio.html
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidMessage, InvalidStatus, PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from bot.egress.exchange import BrokenAnswer
from bot.probes.reach import Line

MOST_BYTES = 1 << 20
MOST_FRAMES = 10_000
MOST_MESSAGES = 1_000
MESSAGE_BYTES = 64 << 10
READ_BYTES = 4 << 10
"""What one read brings is parsed without giving way to anybody: two thousand pings, at the worst."""

_SILENT = logging.Logger("bot.probes.frames", logging.CRITICAL + 1)  # noqa: LOG001 - one that nobody can turn on
"""What the other side does wrong is evidence; and what is sent to it may be a secret, so none of it is logged."""


class NotUpgraded(Exception):
    """Somebody answers, but not with a WebSocket: whoever runs the server should look. The text says with what."""


class Ended(Exception):
    """The other side ended the conversation; the text says how."""


class TooMuch(Exception):
    """More came than is read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is asked when the conversation begins."""

    uri: WebSocketURI
    headers: tuple[tuple[str, str], ...]
    subprotocols: tuple[str, ...]


class Talk:
    """One conversation. Deadlines are the caller's."""

    def __init__(self, line: Line, opening: Opening) -> None:
        self._line = line
        self._protocol = ClientProtocol(
            opening.uri,
            subprotocols=[Subprotocol(name) for name in opening.subprotocols] or None,
            max_size=MESSAGE_BYTES,
            logger=_SILENT,
        )
        self._opening = opening
        self._messages: deque[str] = deque()
        self._parts: list[bytes] = []
        self._bytes = self._frames = self._heard = 0
        self._ended: str | None = None
        self._much: str | None = None

    async def open(self) -> None:
        """Asks for the upgrade. Raises `NotUpgraded`, `BrokenAnswer` where the connection breaks before an answer."""
        protocol = self._protocol
        request = protocol.connect()
        for name, value in (("User-Agent", "resolution-bot"), *self._opening.headers):
            request.headers[name] = value
        protocol.send_request(request)
        try:
            while protocol.state is State.CONNECTING and protocol.handshake_exc is None and self._much is None:
                await self._step()
        except Ended as ended:
            raise BrokenAnswer("the connection broke before the WebSocket was open") from ended
        match protocol.handshake_exc:
            case None if protocol.state is State.CONNECTING:
                raise NotUpgraded("its answer does not end")
            case None:
                pass
            case InvalidStatus(response=response):
                raise NotUpgraded(f"{response.status_code} instead of a WebSocket")
            case InvalidMessage(__cause__=EOFError()):
                raise BrokenAnswer("the connection broke before the WebSocket was open")
            case InvalidMessage():
                raise NotUpgraded("it answers, but not with HTTP")
            case _:
                raise NotUpgraded("it answers, but not with the handshake of a WebSocket")
        if self._opening.subprotocols and protocol.subprotocol is None:
            raise NotUpgraded("it speaks none of the subprotocols")

    async def send(self, text: str) -> None:
        """Sends a message; raises `Ended`."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(text.encode())
            await self._flush()

    async def receive(self) -> str:
        """The next message. Raises `Ended` after the last one, `TooMuch`."""
        while not self._messages:
            if self._much is not None:
                raise TooMuch(self._much)
            if self._ended is not None:
                raise Ended(self._ended)
            await self._step()
        self._heard += 1
        if self._heard > MOST_MESSAGES:
            raise TooMuch(f"more than {MOST_MESSAGES:,} messages")
        return self._messages.popleft()

    def leave(self) -> None:
        """Says goodbye, and waits for no answer."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(1000)
            for data in self._protocol.data_to_send():
                self._line.writer.write(data)

    async def _step(self) -> None:
        """Sends what is due, then reads and understands one piece. Raises `Ended` where the connection breaks."""
        await self._flush()
        try:
            data = await self._line.reader.read(READ_BYTES)
        except OSError as exc:
            raise Ended("the connection broke") from exc
        if not data:
            self._protocol.receive_eof()
            self._take()
            self._ended = self._ended or "the connection broke"
            return
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            self._much = f"more than {MOST_BYTES >> 20} MiB"
            return
        self._protocol.receive_data(data)
        self._take()
        # A reader that is never empty gives way to nobody by itself.
        await asyncio.sleep(0)

    async def _flush(self) -> None:
        try:
            for data in self._protocol.data_to_send():
                self._line.writer.write(data)
            await self._line.writer.drain()
        except OSError as exc:
            raise Ended("the connection broke") from exc

    def _take(self) -> None:
        """What was understood, as messages; what came too much is left."""
        for event in self._protocol.events_received():
            self._frames += 1
            if self._frames > MOST_FRAMES:
                self._much = f"more than {MOST_FRAMES:,} frames"
                return
            if isinstance(event, Frame):
                self._frame(event)
        match self._protocol.parser_exc:
            case None | EOFError():
                pass
            case PayloadTooBig():
                self._much = f"a message of more than {MESSAGE_BYTES >> 10} KiB"
            case _:
                self._ended = self._ended or "it broke the WebSocket protocol"

    def _frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.BINARY | Opcode.CONT:
                self._parts.append(bytes(frame.data))
                if frame.fin:
                    self._messages.append(b"".join(self._parts).decode("utf-8", "replace"))
                    self._parts.clear()
            case Opcode.CLOSE:
                close = self._protocol.close_rcvd
                self._ended = f"it closed the connection ({close.code})" if close else "it closed the connection"
            case Opcode.PING | Opcode.PONG:
                pass  # answered by the protocol
