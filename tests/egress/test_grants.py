"""Grants that would open the guard, or that could not be kept secret: the server does not start with them."""

from ipaddress import ip_network

import pytest

from bot.egress.exchange import Blocked, Request, ServerKind
from bot.egress.grants import Allowance, Grants, Repositories, Secret, Server
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings, UnsafeEgress
from bot.egress.wayout import Egress
from tests.egress.network import raw_server, says

EVERY = Repositories(every=True)
LOOPBACK = ip_network("127.0.0.1/32")


def secret(**changes) -> Grants:
    plain = {"name": "api", "repositories": EVERY, "origins": (), "header": "X-Key", "value": "0123456789abcdef"}
    return Grants(secrets=(Secret(**{**plain, **changes}),))


def server(**changes) -> Grants:
    plain = {"name": "prom", "kind": ServerKind.PROMETHEUS, "url": "http://prometheus.svc:9090", "repositories": EVERY}
    return Grants(servers=(Server(**{**plain, **changes}),))


def way_out(grants: Grants) -> Egress:
    return Egress(settings=EgressSettings(), resolver=Dns(), on_refused=lambda *_: None, grants=grants)


UNSAFE = {
    "a metadata network": (
        Grants(allow=(Allowance(repositories=EVERY, networks=(ip_network("169.254.0.0/16"),)),)),
        "never connected to",
    ),
    "a translation prefix": (
        Grants(allow=(Allowance(repositories=EVERY, networks=(ip_network("64:ff9b::/96"),)),)),
        "never connected to",
    ),
    "no port": (Grants(allow=(Allowance(repositories=EVERY, ports=(0,)),)), "0 is no port"),
    "a short value": (secret(value="hunter2"), "shorter than 8"),
    "a short token": (secret(value="Bearer hunter2"), "shorter than 8"),
    "an empty value": (secret(value=""), "one line"),
    "two lines": (secret(value="0123456789\r\nX: y"), "one line"),
    "a blank at the end": (secret(value="0123456789 "), "one line"),
    "a header of ours": (secret(header="Host"), "'Host' is no header that can carry it"),
    "no header": (secret(header="X Key"), "'X Key' is no header that can carry it"),
    "a server of another scheme": (server(url="ftp://prometheus.svc"), "http:// or https://"),
    "a server with a user": (server(url="http://a:b@prometheus.svc"), "user name"),
    "a server with a query": (server(url="http://prometheus.svc/?a=b"), "a query or a fragment"),
    "a metadata server": (server(url="http://169.254.169.254/"), "never connected to"),
    "Alibaba's": (server(url="http://100.100.100.200/"), "never connected to"),
    "a translated server": (server(url="http://[64:ff9b::a00:1]/"), "never connected to"),
    "a server in odd spelling": (server(url="http://0x7f.1/"), "unusual spelling"),
    "a server's metadata network": (server(networks=(ip_network("168.63.129.16/32"),)), "never connected to"),
    "a header alone": (server(header="Authorization"), "go together"),
    "a server's short value": (server(header="Authorization", value="x"), "shorter than 8"),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_grants_are_refused_at_the_start(name):
    """The reason names the grant, and never a value."""
    grants, words = UNSAFE[name]
    with pytest.raises(UnsafeEgress, match=words) as refused:
        way_out(grants)
    assert "hunter2" not in str(refused.value)


def test_values_are_not_shown():
    """Printing grants shows no secret."""
    shown = repr((secret(), server(header="X-Key", value="0123456789abcdef"), way_out(secret())))
    assert "0123456789abcdef" not in shown


COVERED = {
    "its id": (Repositories(ids=frozenset({7})), True),
    "another id": (Repositories(ids=frozenset({8})), False),
    "its name": (Repositories(names=frozenset({"acme/shop"})), True),
    "its owner": (Repositories(names=frozenset({"acme/*"})), True),
    "names that begin alike": (Repositories(names=frozenset({"acme/shopping", "acm/*"})), False),
    "every one": (EVERY, True),
    "none": (Repositories(), False),
}


@pytest.mark.parametrize("name", COVERED)
async def test_an_allowance_is_for_its_repositories_alone(name):
    """What one repository may reach stays closed for the others."""
    repositories, is_covered = COVERED[name]
    async with raw_server(says(b"HTTP/1.1 204 X\r\n\r\n")) as port:
        allowance = Allowance(repositories=repositories, networks=(LOOPBACK,), ports=(port,))
        network = way_out(Grants(allow=(allowance,))).network(7, "Acme/Shop")
        request = Request(url=f"http://127.0.0.1:{port}/" if is_covered else "http://127.0.0.1/")
        if is_covered:
            assert (await network.fetch(request)).status == 204
        else:
            with pytest.raises(Blocked):
                await network.fetch(request)
