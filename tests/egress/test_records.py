"""DNS records through the guard: what a name server says, as long as it says nothing of the inner network."""

from datetime import timedelta
from ipaddress import ip_network

import pytest

from bot.egress.exchange import Blocked, BrokenAnswer, RecordKind, Records, Unsendable
from bot.egress.names import Dns
from bot.egress.rules import NOT_REACHABLE, EgressSettings
from bot.egress.wayout import Egress
from tests.egress.network import PUBLIC4, PUBLIC6, connections, name_server

ZONE = {
    "shop.test": [
        [
            *(PUBLIC4, PUBLIC6, "MX 10 Mail.shop.test.", "NS ns1.shop.test.", "NS ns0.shop.test."),
            *('TXT "v=spf1 " "-all"', 'TXT "caf\\195\\169"', 'CAA 0 issue "ca.test"'),
        ]
    ],
    "_sip._tcp.shop.test": [["SRV 0 5 5060 sip.shop.test."]],
    "www.shop.test": [["CNAME shop.test", PUBLIC4]],
    "nomail.test": [["MX 0 ."]],
    "inner.test": [["10.0.0.5", "MX 10 mail.corp.", "NS localhost.", "SRV 0 0 1 db.svc."]],
    "lead.test": [["CNAME vault.corp"]],
    "mixed.test": [[PUBLIC4, "10.0.0.5"]],
    "many.test": [[f'TXT "{n}"' for n in range(101)]],
    "long.test": [["TXT " + " ".join(['"' + "x" * 250 + '"'] * 17)]],
    "broken.test": "SERVFAIL",
    "refused.test": "REFUSED",
    "silent.test": "SILENT",
}

DEFAULTS = EgressSettings()


async def ask(name: str, kind: str, *, settings: EgressSettings = DEFAULTS) -> Records:
    async with name_server(ZONE) as port:
        resolver = Dns(servers=("127.0.0.1",), port=port)
        network = Egress(settings=settings, resolver=resolver, on_refused=lambda *_: None).network(7, "acme/shop")
        with connections() as seen:
            try:
                return await network.records(name, RecordKind(kind), within=timedelta(seconds=0.4))
            finally:
                assert {target for _, target in seen} <= {port}


ANSWERS = {
    "A": ("shop.test", (PUBLIC4,)),
    "AAAA": ("Shop.Test.", (PUBLIC6,)),
    "MX": ("shop.test", ("10 mail.shop.test",)),
    "NS": ("shop.test", ("ns0.shop.test", "ns1.shop.test")),
    "TXT": ("shop.test", ("café", "v=spf1 -all")),
    "CAA": ("shop.test", ('0 issue "ca.test"',)),
    "SRV": ("_sip._tcp.shop.test", ("0 5 5060 sip.shop.test",)),
    "CNAME": ("www.shop.test", ("shop.test",)),
}


@pytest.mark.parametrize("kind", ANSWERS)
async def test_records_are_plain_text(kind):
    """Sorted, joined, unquoted, and names without their last dot."""
    name, values = ANSWERS[kind]
    assert await ask(name, kind) == Records(exists=True, values=values)


async def test_an_alias_is_followed():
    """Addresses are those of what the alias stands for."""
    assert (await ask("www.shop.test", "A")).values == (PUBLIC4,)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("gone.test", "A", Records(exists=False, values=())),
        ("nomail.test", "A", Records(exists=True, values=())),
        ("nomail.test", "MX", Records(exists=True, values=("0 .",))),
    ],
    ids=["no such name", "none of this kind", "null MX"],
)
async def test_nothing_has_three_spellings(name, kind, expected):
    """A name that is not there, a kind that it does not have, and a record that says there is none."""
    assert await ask(name, kind) == expected


UNTOLD = [
    *(("inner.test", "A"), ("inner.test", "MX"), ("inner.test", "NS"), ("inner.test", "SRV"), ("lead.test", "CNAME")),
    *(("mixed.test", "A"), ("broken.test", "A"), ("refused.test", "TXT"), ("silent.test", "TXT")),
    *(("vault.corp", "A"), ("localhost", "A"), ("db", "TXT"), ("5.0.0.10.in-addr.arpa", "TXT")),
]


@pytest.mark.parametrize(("name", "kind"), UNTOLD)
async def test_what_tells_of_the_inner_network_is_not_told(name, kind):
    """Inner names, answers that lead inside, and name servers that say nothing have the one wording."""
    with pytest.raises(Blocked) as refused:
        await ask(name, kind)
    assert str(refused.value) == NOT_REACHABLE


async def test_a_granted_network_may_be_told():
    """Where the operator lets a repository reach an address, its name's record may be read as well."""
    settings = EgressSettings(allow_networks=(ip_network("10.0.0.0/24"),))
    assert (await ask("inner.test", "A", settings=settings)).values == ("10.0.0.5",)


@pytest.mark.parametrize("name", ["many.test", "long.test"])
async def test_there_is_an_end_to_what_is_read(name):
    """Too many records, and records that are too long, are said to be so."""
    with pytest.raises(BrokenAnswer, match="more than"):
        await ask(name, "TXT")


@pytest.mark.parametrize("name", [PUBLIC4, PUBLIC6, "http://shop.test/", "shop.test:53", "*.shop.test", "", "a" * 300])
async def test_what_is_no_name_is_told_so(name):
    """An address has no records, and a URL is no name."""
    with pytest.raises(Unsendable):
        await ask(name, "A")
