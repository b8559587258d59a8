"""HTTP/1.1 over a stream that was checked: one question, one answer, and the stream is not used again.

The protocol itself is h11's (strict, and it does no I/O); nothing is pooled, locked or traced around it.
Source: https://h11.readthedocs.io/en/latest/api.html
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import h11
import httpcore

MOST_HEAD = 32 << 10
"""Bytes of a head, or of a chunk's, that h11 keeps while it is not whole; then it parses them in one go."""
READ_BYTES = 64 << 10

BROKEN = (h11.ProtocolError, httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException)
"""What a broken exchange raises here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An answer whose head is read. `headers` are as they came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    stream: httpcore.AsyncNetworkStream
    protocol: h11.Connection

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, without its framing; raises what is `BROKEN`."""
        while True:
            event = await _event(self.stream, self.protocol)
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)


async def speak(stream: httpcore.AsyncNetworkStream, question: h11.Request, body: bytes | None) -> Incoming:
    """Sends the question and reads the answer's head, past all interim ones; raises what is `BROKEN`."""
    protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEAD)
    events = (question, *((h11.Data(data=body),) if body else ()), h11.EndOfMessage())
    # Whoever does not take the whole question may have answered it already.
    with suppress(httpcore.WriteError):
        await stream.write(b"".join(protocol.send(event) or b"" for event in events))
    while True:
        event = await _event(stream, protocol)
        if isinstance(event, h11.Response):
            headers = tuple(
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()
            )
            return Incoming(status=event.status_code, headers=headers, stream=stream, protocol=protocol)
        if not isinstance(event, h11.InformationalResponse):
            raise httpcore.RemoteProtocolError("the connection ended before an answer began")


async def _event(
    stream: httpcore.AsyncNetworkStream, protocol: h11.Connection
) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
    while True:
        event = protocol.next_event()
        if event is not h11.NEED_DATA:
            return event
        protocol.receive_data(await stream.read(READ_BYTES))
