"""A small internet on loopback: a name server, a way to see every connection, and raw servers that misbehave."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import httpcore

Answers = Sequence[Sequence[str]] | str
"""Answer sets, the n-th for the n-th query of a type and then the last one; or SERVFAIL, REFUSED, SILENT, SERVFAIL6."""

PUBLIC4, PUBLIC6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
ZONE: Mapping[str, Answers] = {
    "public.test": [[PUBLIC4]],
    "pub.test": [[PUBLIC4]],
    "pub2.test": [[PUBLIC4]],
    "www.test": [["CNAME public.test", PUBLIC4]],
    "0x7f.1.public.test": [[PUBLIC4]],
    "xn--bcher-kva.test": [[PUBLIC4]],
    "under_score.test": [[PUBLIC4]],
    "127.0.0.1.public.test": [[PUBLIC4]],
    "localhost.public.test": [[PUBLIC4]],
    "six.test": [[PUBLIC6]],
    "dual.test": [[PUBLIC4, PUBLIC6]],
    "loopback.test": [["127.0.0.1"]],
    "loopback6.test": [["::1"]],
    "private.test": [["10.0.0.5"]],
    "metadata.test": [["169.254.169.254"]],
    "azure.test": [["168.63.129.16"]],
    "mapped.test": [["::ffff:10.0.0.5"]],
    "nat64.test": [["64:ff9b::a00:5"]],
    "sixtofour.test": [["2002:a00:5::1"]],
    "mixed.test": [[PUBLIC4, "10.0.0.5"]],
    "mixed6.test": [[PUBLIC4, "::1"]],
    "alias.test": [["CNAME inner.test", "10.0.0.5"]],
    "crowd2.test": [[*(f"93.184.216.{last}" for last in range(1, 21)), "10.0.0.5"]],
    "crowd.test": [[f"93.184.216.{last}" for last in range(1, 41)]],
    "10-0-0-5.nip.test": [["10.0.0.5"]],
    "empty.test": [[]],
    "broken.test": "SERVFAIL",
    "silent.test": "SILENT",
    "zero.test": [["0.0.0.0"]],
    "half.test": "SERVFAIL6",
    "rebinding.test": [[PUBLIC4], ["127.0.0.1"]],
    "localhost": [["127.0.0.1"]],
    "metadata.google.internal": [["169.254.169.254"]],
    "kubernetes.default.svc": [["10.0.0.1"]],
}


class NameServer(asyncio.DatagramProtocol):
    def __init__(self, zone: Mapping[str, Answers]) -> None:
        self.zone = zone
        self.asked: dict[tuple[str, str], int] = {}

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        nth = self.asked[name, kind] = self.asked.get((name, kind), 0) + 1
        answers = self.zone.get(name, "NXDOMAIN")
        reply = dns.message.make_response(query)
        match answers:
            case "SILENT":
                return
            case "NXDOMAIN":
                reply.set_rcode(dns.rcode.NXDOMAIN)
            case "SERVFAIL" | "REFUSED":
                reply.set_rcode(dns.rcode.from_text(answers))
            case "SERVFAIL6":
                self._answer(reply, question, [PUBLIC4]) if kind == "A" else reply.set_rcode(dns.rcode.SERVFAIL)
            case _:
                self._answer(reply, question, answers[min(nth, len(answers)) - 1])
        self.transport.sendto(reply.to_wire(), addr)

    def _answer(self, reply: dns.message.Message, question: dns.rrset.RRset, records: Sequence[str]) -> None:
        owner = question.name
        for record in records:
            if record.startswith("CNAME "):
                target = dns.name.from_text(record.removeprefix("CNAME "))
                reply.answer.append(dns.rrset.from_text(owner, 0, "IN", "CNAME", target.to_text()))
                owner = target
        if question.rdtype == dns.rdatatype.CNAME:
            return
        wanted = [text for kind, text in map(typed, records) if kind == dns.rdatatype.to_text(question.rdtype)]
        if wanted:
            reply.answer.append(dns.rrset.from_text(owner, 0, "IN", question.rdtype, *wanted))


def typed(record: str) -> tuple[str, str]:
    """A record's kind and text: `MX 10 mail.test.`, or an address alone."""
    kind, blank, text = record.partition(" ")
    return (kind, text) if blank else ("AAAA" if ":" in record else "A", record)


@asynccontextmanager
async def name_server(zone: Mapping[str, Answers] = ZONE) -> AsyncIterator[int]:
    """A name server on loopback; gives its port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: NameServer(zone), local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


_watching: list[list[tuple[str, int]]] = []


def _hook(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        for seen in _watching:
            seen.append(args[1][:2])


sys.addaudithook(_hook)


@contextmanager
def connections() -> Iterator[list[tuple[str, int]]]:
    """Every address that any socket of this process connects to meanwhile, whatever library does it."""
    seen: list[tuple[str, int]] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


class StandIn(httpcore.AsyncNetworkBackend):
    """A network on which one loopback server stands for every public address; an honest one says so."""

    def __init__(self, port: int, *, honest: bool = False) -> None:
        self.port = port
        self.honest = honest
        self.dialled: list[str] = []

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109
        self.dialled.append(host)
        stream = await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self.port, timeout)
        if not self.honest:
            stream.get_extra_info = lambda _info: None
        return stream


Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(behave: Behave, ssl=None) -> AsyncIterator[int]:
    """A server on loopback that answers each connection as `behave` does; gives its port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behave(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=ssl)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def says(*parts: bytes, then: Behave | None = None) -> Behave:
    """Reads the question's head, then sends these bytes."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        if then:
            await then(reader, writer)

    return behave
