"""Hosts that policies name: how they are written, and what evidence it is that one could not be asked."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.assessment.evidence import Evidence, Outcome, Reason, Source
from bot.egress.exchange import Blocked, BrokenAnswer, Connection, Deadline, EgressError, Unsendable
from bot.egress.rules import host_of, url_fault

CLOSE_WITHIN = 1.0
"""Seconds for a polite goodbye: everything asked is known by then."""


def _host(text: str) -> str:
    """A host as it is asked for: ASCII, lower case, shortest, no trailing dot. Raises `ValueError` for what is none."""
    try:
        host = host_of(text)
    except Unsendable as error:
        raise ValueError(str(error).replace("URL", "host")) from None
    if fault := url_fault(f"https://{_bracketed(host)}/"):
        raise ValueError(fault)
    return str(IPv6Address(host)) if ":" in host else host


Host = Annotated[str, Field(min_length=1, max_length=253), AfterValidator(_host)]
"""A host name or an address, checked as far as that goes without asking anybody."""

Port = Annotated[int, Field(ge=1, le=65535)]


def authority(host: str, port: int) -> str:
    """`host:port`, with brackets around an IPv6 address."""
    return f"{_bracketed(host)}:{port}"


def milliseconds(elapsed: timedelta) -> str:
    """A short time in words: `83 ms`."""
    return f"{round(elapsed / timedelta(milliseconds=1)):,} ms"


def unanswered(error: EgressError, *, expected: str, source: Source) -> Evidence:
    """The evidence where nothing could be measured: never that the service is broken."""
    outcome, reason, remedy = Outcome.ERROR, Reason.UNAVAILABLE, None
    match error:
        case Unsendable():
            outcome, reason = Outcome.MISCONFIGURED, Reason.BAD_QUESTION
            remedy = "Correct the criterion in the policy file."
        case Blocked():
            reason = Reason.NETWORK_POLICY
            remedy = "Name a public address, or ask the operator of this server to allow it."
        case Deadline():
            reason = Reason.TIMED_OUT
        case _:
            pass  # somebody answered, but not so that it can be read
    return Evidence(
        outcome=outcome, reason=reason, expected=expected, observed=str(error), source=source, remedy=remedy
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A connection's two ends. `tls` is None where the line is not encrypted."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tls: ssl.SSLObject | None


@asynccontextmanager
async def line(connection: Connection, tls: ssl.SSLContext | None, *, within: timedelta) -> AsyncIterator[Line]:
    """The connected socket as a line, with TLS on the host's name where a context is given; closed at the end.

    Raises `ssl.SSLError` and `OSError` where the handshake fails, `Deadline` where it does not end in time.
    """
    try:
        async with asyncio.timeout(within.total_seconds()):
            reader, writer = await asyncio.open_connection(
                sock=connection.socket, ssl=tls, server_hostname=connection.host if tls else None
            )
    except TimeoutError:
        raise Deadline(f"connected, but no TLS handshake within {within.total_seconds():g} s") from None
    try:
        yield Line(reader, writer, writer.get_extra_info("ssl_object"))
    finally:
        await _closed(writer)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        async with asyncio.timeout(CLOSE_WITHIN):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        # The other side's last word does not matter; what still hangs is cut.
        writer.transport.abort()


def broken_handshake(error: OSError) -> BrokenAnswer:
    """A failed TLS handshake, with what is wrong with the certificate where that is what it was."""
    words = f": {error.verify_message}" if isinstance(error, ssl.SSLCertVerificationError) else ""
    return BrokenAnswer(f"the TLS handshake failed{words}")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
