"""The real network behind the guard: streams over plain sockets, and TLS on top where it is asked for.

httpcore's own backend goes through anyio, which costs more than the whole exchange; a question that is asked once and
closed needs no transport, no buffer and no task of its own.
Source: https://www.encode.io/httpcore/network-backends/
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from bot.egress.connecting import dial_socket


class SocketNetwork(httpcore.AsyncNetworkBackend):
    """Connects to addresses."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A stream to an address; raises `httpcore.ConnectError`, `httpcore.ConnectTimeout`."""
        del local_address, socket_options
        try:
            async with asyncio.timeout(timeout):
                return SocketStream(await dial_socket(host, port))
        except TimeoutError as exc:
            raise httpcore.ConnectTimeout from exc
        except OSError as exc:
            raise httpcore.ConnectError from exc


class SocketStream(httpcore.AsyncNetworkStream):
    """A connected, non-blocking socket. The caller's deadline is the only one once it stands."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Bytes as they come, none at the end; raises `httpcore.ReadError`."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._socket, max_bytes)
        except OSError as exc:
            raise httpcore.ReadError from exc

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Sends; raises `httpcore.WriteError`."""
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, buffer)
        except OSError as exc:
            raise httpcore.WriteError from exc

    async def aclose(self) -> None:
        """Closes."""
        self._socket.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """TLS on a name; the socket belongs to it then. Raises `httpcore.ConnectError`, `httpcore.ConnectTimeout`."""
        try:
            async with asyncio.timeout(timeout):
                reader, writer = await asyncio.open_connection(
                    sock=self._socket, ssl=ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as exc:
            raise httpcore.ConnectTimeout from exc
        except OSError as exc:
            raise httpcore.ConnectError from exc
        return TlsStream(reader, writer)

    def get_extra_info(self, info: str) -> Any:
        """`server_addr`: whom it is connected to, by the kernel's word."""
        return self._socket.getpeername() if info == "server_addr" else None


class TlsStream(httpcore.AsyncNetworkStream):
    """A line with TLS on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Bytes as they come, none at the end; raises `httpcore.ReadError`."""
        try:
            return await self._reader.read(max_bytes)
        except OSError as exc:
            raise httpcore.ReadError from exc

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Sends; raises `httpcore.WriteError`."""
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as exc:
            raise httpcore.WriteError from exc

    async def aclose(self) -> None:
        """Closes at once: everything asked is known by then, so nobody waits for a polite goodbye."""
        self._writer.transport.abort()

    def get_extra_info(self, info: str) -> Any:
        """`ssl_object`: the TLS session."""
        return self._writer.get_extra_info(info)
