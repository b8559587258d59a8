"""The guard under attack in a process of its own: what it connects to and how much memory it takes is seen whole.

`python -m tests.egress.lab NAME ARGUMENTS…` prints one JSON object. It is a process of its own since an audit hook
stays for good, since memory is measured for a whole process, and since a process's environment is its own.
"""

import asyncio
import json
import resource
import ssl
import sys
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import httpcore
import trustme

from bot.egress.exchange import EgressError, Request
from bot.egress.guard import fetcher
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings, Pace
from bot.egress.wayout import Egress, RepositoryNetwork
from tests.egress.network import ZONE, connections, name_server, raw_server


def corpus() -> list[tuple[str, str]]:
    """Every URL with its verdict."""
    lines = Path(__file__).with_name("urls.txt").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(verdict, url.encode("latin-1", "backslashreplace").decode("unicode_escape")) for verdict, url, _ in rows]


class Internet(httpcore.AsyncNetworkBackend):
    """Public addresses lead to one loopback server, without and with TLS; any other address is really connected to."""

    def __init__(self, plain: int, tls: int) -> None:
        self.ports = {443: tls}
        self.plain = plain
        self.dialled: list[str] = []

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109
        self.dialled.append(host)
        if not ip_address(host).is_global:
            return await httpcore.AnyIOBackend().connect_tcp(host, port, timeout)
        stream = await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self.ports.get(port, self.plain), timeout)
        asked = stream.get_extra_info
        stream.get_extra_info = lambda info: None if info == "server_addr" else asked(info)
        return stream


async def public(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """`/to?URL` and `/r?to=URL&st=STATUS` redirect there, `/again` to itself, anything else is fine."""
    target = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode("latin-1")
    query = parse_qs(urlsplit(target).query)
    status, location = query.get("st", ["302"])[0], ""
    if target.startswith("/to?"):
        location = target[4:].replace("%5C", "\\")
    elif target.startswith("/r?") and "refresh" not in query:
        location = unquote(query["to"][0])
    elif target.startswith("/again"):
        location = "/again"
    head = f"HTTP/1.1 {status} Found\r\nLocation: {location}" if location else "HTTP/1.1 200 OK"
    inner = "Refresh: 0; url=http://127.0.0.1/\r\nContent-Location: http://127.0.0.1/"
    writer.write(f"{head}\r\n{inner}\r\nContent-Length: 2\r\n\r\nok".encode("latin-1"))
    await writer.drain()


async def urls() -> object:
    """Asks all URLs; tells of each how it ended and where the guard dialled, and of all sockets what they reached."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("public.test").configure_cert(server)
    authority.configure_trust(client)
    told: dict[str, object] = {}
    slots = asyncio.Semaphore(16)
    async with name_server(ZONE) as names, raw_server(public) as plain, raw_server(public, server) as tls:
        resolver = Dns(servers=("127.0.0.1",), port=names, within=timedelta(seconds=3))

        async def ask(url: str) -> None:
            network = Internet(plain, tls)
            settings = EgressSettings()
            fetch = fetcher(settings, resolver=resolver, on_refused=lambda *_: None, tls=client, dial=network)
            async with slots:
                ended = await ending(fetch(Request(url=url, timeout=timedelta(seconds=20))))
            told[ascii(url)] = [ended, network.dialled]

        with connections() as seen:
            async with asyncio.TaskGroup() as group:
                for _, url in corpus():
                    group.create_task(ask(url))
    ours = {("127.0.0.1", port) for port in (names, plain, tls)}
    return {"urls": told, "strays": sorted(set(seen) - ours)}


async def ending(question) -> str:
    """How a question ended: the status, or the error's kind and words."""
    try:
        return str((await question).status)
    except EgressError as error:
        return f"{type(error).__name__}: {error}"


def granted(*ports: int, names: int = 53, **about) -> RepositoryNetwork:
    """The way out of a repository that may reach loopback, over the real network."""
    loopback = ip_network("127.0.0.1/32")
    settings = EgressSettings(
        allow_networks=(loopback,), allow_hosts=("good.corp",), ports=(*ports, 80, 443), pace=Pace(burst=1000)
    )
    resolver = Dns(servers=("127.0.0.1",), port=names)
    egress = Egress(settings=settings, resolver=resolver, on_refused=lambda *_: None, **about)
    return egress.network(7, "acme/shop")


async def bombs(port: str, *paths: str) -> object:
    """Asks a server for each path at once; tells how each ended, how long it took, and the growth in bytes."""
    network = granted(int(port))
    url = f"http://127.0.0.1:{port}/"
    ended: dict[str, object] = {"fine": await ending(network.fetch(Request(url=f"{url}fine")))}
    before = most_memory()

    async def ask(path: str) -> None:
        started = asyncio.get_running_loop().time()
        question = network.fetch(Request(url=url + path, timeout=timedelta(seconds=1.5)))
        ended[path] = [await ending(question), asyncio.get_running_loop().time() - started]

    async with asyncio.TaskGroup() as group:
        for path in paths:
            group.create_task(ask(path))
    return {"ended": ended, "growth": most_memory() - before}


def most_memory() -> int:
    """The most bytes that this process has had; Linux's `ru_maxrss` would begin with what its parent had."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) * 1024


async def lookups(names: str, port: str) -> object:
    """A good question alone, and among two hundred that hang in their look-ups; in seconds, and whether they hung."""
    network = granted(int(port), names=int(names))

    async def good() -> float:
        started = asyncio.get_running_loop().time()
        await network.fetch(Request(url=f"http://good.corp:{port}/"))
        return asyncio.get_running_loop().time() - started

    alone = min([await good() for _ in range(3)])
    async with asyncio.TaskGroup() as group:
        hanging = [group.create_task(ending(network.fetch(Request(url=f"http://silent{n}.test/")))) for n in range(200)]
        await asyncio.sleep(0.5)
        among = await good()
        hung = not any(task.done() for task in hanging)
    return {"alone": alone, "among": among, "hung": hung}


async def environment(plain: str, tls: str) -> object:
    """One question without and one with TLS, as this process's environment has it."""
    network = granted(int(plain), int(tls))
    first = await ending(network.fetch(Request(url=f"http://127.0.0.1:{plain}/")))
    second = await ending(network.fetch(Request(url=f"https://127.0.0.1:{tls}/")))
    return {"plain": first, "tls": second}


def main() -> None:
    """Runs one of the above."""
    tasks = {task.__name__: task for task in (urls, bombs, lookups, environment)}
    sys.stdout.write(json.dumps(asyncio.run(tasks[sys.argv[1]](*sys.argv[2:]))))


if __name__ == "__main__":
    main()
