"""DNS records as data: nothing is connected to, yet an answer can tell about the inner network, and then is none."""

import re
from datetime import timedelta

from bot.egress.addresses import refusal_of
from bot.egress.exchange import BrokenAnswer, RecordKind, Records, Unsendable
from bot.egress.names import Unresolved
from bot.egress.rules import EgressSettings, Refusal, host_check, host_of
from bot.egress.way import Way

MOST_RECORDS = 100
MOST_CHARACTERS = 4096

_ADDRESS = re.compile(r"[0-9.]+\Z|.*:")


async def records(way: Way, name: str, kind: RecordKind, *, within: timedelta) -> Records:
    """The records of a name, from the operator's name servers alone. Raises `Blocked`, `BrokenAnswer`, `Unsendable`.

    Inner names are refused, and so are answers that lead to where no probe may go: a name server that answers
    differently inside (split horizon) would tell strangers about it. No usable answer reads the same.
    """
    host = host_of(name)
    if _ADDRESS.match(host):
        raise Unsendable("an address has no records: give a name")
    async with way.turned(host):
        host_check(host, way.settings)
        try:
            found = await way.resolver.records(host, kind, within=within)
        except Unresolved as exc:
            raise Refusal(str(exc)) from exc
        _check_size(found)
        for value in found.values:
            _check_answer(value, kind, way.settings)
        return found


def _check_size(found: Records) -> None:
    if len(found.values) > MOST_RECORDS:
        raise BrokenAnswer(f"more than {MOST_RECORDS} records")
    if any(len(value) > MOST_CHARACTERS for value in found.values):
        raise BrokenAnswer(f"a record of more than {MOST_CHARACTERS:,} characters")


def _check_answer(value: str, kind: RecordKind, settings: EgressSettings) -> None:
    match kind:
        case RecordKind.A | RecordKind.AAAA:
            if refusal := refusal_of(value, settings.allow_networks):
                raise Refusal(f"an answer: {refusal}")
        case RecordKind.CNAME | RecordKind.MX | RecordKind.NS | RecordKind.SRV:
            _check_name(value.rpartition(" ")[2], settings)
        case RecordKind.CAA | RecordKind.TXT:
            pass  # texts that lead nowhere


def _check_name(name: str, settings: EgressSettings) -> None:
    if name == ".":  # "there is none" (RFC 7505, RFC 2782)
        return
    try:
        host_check(name, settings)
    except Unsendable:
        return  # no host name at all, so nothing that could be reached
