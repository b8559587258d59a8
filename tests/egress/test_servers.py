"""Servers that the operator has named: asked by name, with their own credentials; where they are is not told."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network

import pytest

from bot.egress.exchange import Blocked, BrokenAnswer, ServerKind, Unsendable
from bot.egress.grants import Grants, Repositories, Server
from bot.egress.names import Dns
from bot.egress.rules import NOT_REACHABLE, EgressSettings
from bot.egress.wayout import SERVER_AT_ONCE, Egress
from tests.egress.network import Behave, connections, name_server, raw_server, says
from tests.egress.test_tls import certified, server_side

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MINE = Repositories(ids=frozenset({7}))
LOOPBACK = ip_network("127.0.0.1/32")
ZONE = {"prometheus.svc": [["127.0.0.1"]]}


@asynccontextmanager
async def asked(behave: Behave, host: str = "prometheus.svc", scheme: str = "http", tls=None, **about):
    """A server named `main` that behaves so, as repository 7 has it."""
    async with name_server(ZONE) as names, raw_server(behave, tls) as port:
        about.setdefault("networks", (LOOPBACK,))
        url = f"{scheme}://{host}:{port}{about.pop('below', '')}"
        named = Server(name="main", kind=ServerKind.PROMETHEUS, url=url, repositories=MINE, **about)
        egress = Egress(
            settings=EgressSettings(deny_hosts=("prometheus.svc",)),
            resolver=Dns(servers=("127.0.0.1",), port=names, within=timedelta(seconds=5)),
            on_refused=lambda *_: None,
            grants=Grants(servers=(named,)),
            tls=ssl.create_default_context(),
        )
        yield egress


async def heads(seen: list[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    seen.append(await reader.readuntil(b"\r\n\r\n"))
    writer.write(OK)


async def test_a_server_is_asked_below_its_url_with_its_credentials():
    """Path and query are encoded here, and the answer names the server instead of its address."""
    seen: list[bytes] = []
    about = {"below": "/prom/", "header": "Authorization", "value": "Bearer 0123456789"}
    async with asked(lambda r, w: heads(seen, r, w), **about) as egress:
        server = egress.network(7, "a/b").server("main")
        response = await server.get("/api/v1/query/ü ?#%2f/", (("query", 'up{job="x"} & 1'), ("time", "+1")))
    assert seen[0].startswith(
        b"GET /prom/api/v1/query/%C3%BC%20%3F%23%252f/?query=up%7Bjob%3D%22x%22%7D%20%26%201&time=%2B1 HTTP/1.1\r\n"
    )
    assert b"\r\nAuthorization: Bearer 0123456789\r\n" in seen[0]
    assert (response.body, response.url) == (b"ok", "main:/api/v1/query/ü ?#%2f/")


async def test_a_server_is_not_asked_everything_at_once():
    """Of many questions to one server, from whatever repository's way out, a few are open at the same time."""
    here: list[int] = [0, 0]

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        here[0] += 1
        here[1] = max(here)
        await asyncio.sleep(0.03)
        here[0] -= 1
        writer.write(OK)

    async with asked(slow) as egress, asyncio.TaskGroup() as group:
        for _ in range(3 * SERVER_AT_ONCE):
            group.create_task(egress.network(7, "a/b").server("main").get("/"))
    assert here[1] == SERVER_AT_ONCE


async def test_servers_are_for_their_repositories_alone():
    """Another repository has no server of that name, and cannot reach its address either."""
    async with asked(says(OK)) as egress:
        mine, theirs = egress.network(7, "a/b"), egress.network(8, "a/c")
        assert (mine.servers(ServerKind.PROMETHEUS), mine.servers(ServerKind.LOKI)) == (("main",), ())
        assert (theirs.servers(ServerKind.PROMETHEUS), theirs.server("main")) == ((), None)
        assert (mine.server("main").kind, mine.server("main").name) == (ServerKind.PROMETHEUS, "main")
        with pytest.raises(Blocked):
            await mine.connect("prometheus.svc", 443, within=timedelta(seconds=1))


@pytest.mark.parametrize(
    ("host", "networks", "is_reached"),
    [
        ("prometheus.svc", (LOOPBACK,), True),
        ("prometheus.svc", (), False),
        ("prometheus.svc", (ip_network("10.0.0.0/8"),), False),
        ("127.0.0.1", (), True),
        ("gone.svc", (LOOPBACK,), False),
    ],
)
async def test_where_a_server_may_lead(host, networks, is_reached):
    """A name leads to its networks alone, an address to itself."""
    async with asked(says(OK), host=host, networks=networks) as egress:
        server = egress.network(7, "a/b").server("main")
        if is_reached:
            assert (await server.get("/")).status == 200
            return
        with pytest.raises(Blocked) as refused:
            await server.get("/")
    assert str(refused.value) == NOT_REACHABLE


async def test_a_servers_redirect_is_not_followed():
    """Where the credentials go is the operator's word, and nobody else's."""
    moved = b"HTTP/1.1 302 X\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"
    async with asked(says(moved)) as egress:
        with connections() as seen, pytest.raises(BrokenAnswer, match="redirect, which is not followed"):
            await egress.network(7, "a/b").server("main").get("/")
    assert len([port for _, port in seen]) <= 3  # two look-ups and one connection


async def test_a_servers_host_is_not_told_in_an_error(tmp_path):
    """What is wrong with its certificate is told by the server's name."""
    file = certified(tmp_path, "other.test")
    async with asked(says(OK), scheme="https", tls=server_side(file, [])) as egress:
        egress.tls.load_verify_locations(file)
        with pytest.raises(BrokenAnswer) as refused:
            await egress.network(7, "a/b").server("main").get("/")
    assert "the server main" in str(refused.value)
    assert "prometheus.svc" not in str(refused.value)


async def test_a_server_may_answer_more_than_a_stranger():
    """Four mebibytes; what is beyond is cut off and marked."""
    long = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes(5 << 20)
    async with asked(says(long)) as egress:
        response = await egress.network(7, "a/b").server("main").get("/")
    assert (len(response.body), response.truncated) == (4 << 20, True)


async def test_a_server_is_not_paced():
    """It was named in order to be asked."""
    async with asked(says(OK)) as egress:
        server = egress.network(7, "a/b").server("main")
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            tasks = [group.create_task(server.get("/")) for _ in range(40)]
    assert {task.result().status for task in tasks} == {200}


@pytest.mark.parametrize("path", ["/../admin", "a/./b", "..", "/a/.."])
async def test_no_path_leads_out_of_the_servers_own(path):
    """Names in a path may come from a policy."""
    async with asked(says(OK), below="/prom") as egress:
        with pytest.raises(Unsendable):
            await egress.network(7, "a/b").server("main").get(path)
