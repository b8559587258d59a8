"""Plain sockets through the guard: the same checks as for HTTP, and a connected socket of one's own."""

import asyncio
import socket
from datetime import timedelta
from ipaddress import ip_network

import pytest

from bot.egress.exchange import Blocked, Unanswered, Unsendable
from bot.egress.names import Dns
from bot.egress.rules import NOT_REACHABLE, EgressSettings
from bot.egress.wayout import Egress
from tests.egress.network import PUBLIC4, connections, name_server

LOOPBACK = ip_network("127.0.0.1/32")
DEFAULTS = EgressSettings()
WITHIN = timedelta(seconds=2)


def nowhere(dialled: list[str], *, hangs: bool = False):
    """A network where nobody accepts."""

    async def dial(address: str, _port: int) -> socket.socket:
        dialled.append(address)
        if hangs:
            await asyncio.sleep(60)
        raise ConnectionRefusedError

    return dial


def leading_to(port: int):
    """A network that leads everywhere to one listener on loopback."""

    async def dial(_address: str, _port: int) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", port))
        made.setblocking(False)
        return made

    return dial


def way(settings: EgressSettings = DEFAULTS, names: int = 0, told=None, **about):
    resolver = Dns(servers=("127.0.0.1",), port=names, within=timedelta(seconds=0.4))
    heard = [] if told is None else told
    egress = Egress(settings=settings, resolver=resolver, on_refused=lambda *pair: heard.append(pair), **about)
    return egress.network(7, "acme/shop")


@pytest.mark.parametrize("host", ["127.0.0.1", "Status.Corp."], ids=["address", "name"])
async def test_a_granted_address_is_connected_to(host):
    """The socket is connected, non-blocking and usable; the name comes back as certificates spell it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings = EgressSettings(allow_hosts=("status.corp",), allow_networks=(LOOPBACK,), ports=(port,))
        async with name_server({"status.corp": [["127.0.0.1"]]}) as names:
            made = await way(settings, names).connect(host, port, within=WITHIN)
        with made.socket, listener.accept()[0] as accepted:
            assert (made.socket.getblocking(), made.host, made.port) == (False, host.lower().rstrip("."), port)
            await asyncio.get_running_loop().sock_sendall(made.socket, b"hello")
            assert accepted.recv(5) == b"hello"
            assert timedelta(0) < made.elapsed < WITHIN


INNER = ("127.0.0.1", "::1", "10.0.0.5", "169.254.169.254", "localhost", "vault.corp", "private.test", "mixed.test")
INNER = (*INNER, "gone.test", "broken.test", "silent.test", "empty.test", "64:ff9b::a00:5", "mapped.test")


@pytest.mark.parametrize("host", INNER)
async def test_an_inner_host_is_never_connected_to(host):
    """Refused, unresolvable and misleading hosts read the same, and no socket is opened."""
    dialled: list[str] = []
    async with name_server() as names:
        with connections() as seen, pytest.raises(Blocked) as refused:
            await way(names=names, dial_socket=nowhere(dialled)).connect(host, 443, within=WITHIN)
    assert (str(refused.value), type(refused.value), dialled) == (NOT_REACHABLE, Blocked, [])
    assert {port for _, port in seen} <= {names}


@pytest.mark.parametrize(("hangs", "kind"), [(False, Unanswered), (True, Blocked)], ids=["refused", "silent"])
async def test_a_public_host_that_refuses_may_be_told(hangs, kind):
    """Every address is tried and told to the operator; people read the one wording, a refusal is known as one."""
    dialled, told = [], []
    async with name_server() as names:
        network = way(names=names, told=told, dial_socket=nowhere(dialled, hangs=hangs))
        with pytest.raises(Blocked, match=NOT_REACHABLE) as met:
            await network.connect("dual.test", 443, within=timedelta(seconds=0.5))
    assert (type(met.value), len(dialled)) == (kind, 2)
    assert told == [("dual.test", f"nobody answers at dual.test:443 ({', '.join(dialled)})")]


async def test_a_granted_host_that_accepts_nothing_may_not_be_told():
    """Of a granted address nobody hears whether somebody listens there."""
    settings = EgressSettings(allow_networks=(LOOPBACK,))
    with pytest.raises(Blocked) as refused:
        await way(settings, dial_socket=nowhere([])).connect("127.0.0.1", 443, within=WITHIN)
    assert (str(refused.value), type(refused.value)) == (NOT_REACHABLE, Blocked)


async def test_the_peer_of_a_socket_is_checked_once_more():
    """A connection that ended up at an inner address after all is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dial = leading_to(listener.getsockname()[1])
        with pytest.raises(Blocked):
            await way(dial_socket=dial).connect(PUBLIC4, 443, within=WITHIN)
        with listener.accept()[0] as accepted:
            assert accepted.recv(1) == b""


FAULTY = {
    "a URL": ("http://public.test/", 443, "a host name or an address is needed"),
    "a path": ("public.test/x", 443, "a host name or an address is needed"),
    "a port": ("public.test:443", 443, "a host name or an address is needed"),
    "brackets": ("[::1]", 443, "a host name or an address is needed"),
    "a user name": ("a@public.test", 443, "a host name or an address is needed"),
    "nothing": ("", 443, "a host name or an address is needed"),
    "a space": ("public test", 443, "must be percent-encoded"),
    "an odd address": ("0x7f.1", 443, "unusual spelling"),
    "a closed port": ("public.test", 22, "port 22 is not asked from here; these are: 80, 443, 8080, 8443"),
}


@pytest.mark.parametrize("name", FAULTY)
async def test_a_host_that_is_written_wrong_is_told_why(name):
    """What is wrong with the text is told to whoever wrote it."""
    host, port, words = FAULTY[name]
    with pytest.raises(Unsendable, match=words):
        await way(dial_socket=nowhere([])).connect(host, port, within=WITHIN)
