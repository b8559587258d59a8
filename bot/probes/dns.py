"""Does a name have the DNS records that it should have?

The operator's name servers are asked; what they answer is data, and nothing is connected to.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, field_validator, model_validator

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.egress.exchange import EgressError, RecordKind, Records
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.one_or_more import OrOne
from bot.probes.places import counted, listed
from bot.probes.reach import Host, unanswered
from bot.probes.values import search, spelled
from bot.scan.patterns import expression_fault

MOST_DETAILS = 20
_NAMED = frozenset({RecordKind.CNAME, RecordKind.MX, RecordKind.NS, RecordKind.SRV})


RecordTexts = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=2048)], ...],
    OrOne(),
    Field(max_length=32, strict=False),
]


class DnsParams(Params):
    """Which records are asked for, and what must be true of them. Without a condition: that there are any."""

    shorthand: ClassVar[str] = "name"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    name: Host = Field(description="The name that has the records.")
    type: RecordKind = Field(default=RecordKind.A, strict=False, description="The kind of records.")
    equals: RecordTexts = Field(
        default=(),
        description="All values that there must be, in any order, as `dig +short` shows them (texts without quotes).",
    )
    contains: RecordTexts = Field(default=(), description="Values that must be among them.")
    matches: str | None = Field(
        default=None, max_length=256, description="An RE2 pattern that at least one value matches."
    )
    exists: bool = Field(default=True, description="`false`: there may be no such record.")

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if _address(name) is not None:
            raise ValueError("an address has no records: write a name")
        return name

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "DnsParams":
        conditions = sum(map(bool, (self.equals, self.contains, self.matches is not None)))
        if conditions > 1:
            raise ValueError("ask for one of `equals`, `contains` and `matches`")
        if conditions and not self.exists:
            raise ValueError("`exists: false` goes with no other condition")
        if self.matches is not None and (fault := expression_fault(self.matches)):
            raise ValueError(f"`matches`: {fault}")
        if self.type in {RecordKind.A, RecordKind.AAAA}:
            version = 4 if self.type is RecordKind.A else 6
            wrong = next((value for value in self.wanted if _version(value) != version), None)
            if wrong is not None:
                raise ValueError(f"{wrong!r} is no IPv{version} address, and {self.type} records hold nothing else")
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom=f"the name servers, for `{self.name}`")

    @property
    def wanted(self) -> tuple[str, ...]:
        """The values that are named, in the spelling of `Records`."""
        return tuple(sorted({_normal(value, self.type) for value in (*self.equals, *self.contains)}))

    @property
    def words(self) -> str:
        """The condition, for people."""
        records = f"{self.type} records of {self.name}"
        if not self.exists:
            return f"{records}: none"
        if self.matches is not None:
            return f"{records}: one matches `{self.matches}`"
        if not self.wanted:
            return f"{records}: there are some"
        values = _quoted(self.wanted)
        return f"{records}: {values}" if self.equals else f"{records}: {values} among them"


async def _ask(question: Question, context: Context, patience: timedelta) -> Evidence:
    params = question.params
    assert isinstance(params, DnsParams)
    source = Source(
        # RFC 4501
        url=f"dns:{params.name}?type={params.type}",
        place=f"DNS, {params.name}",
        sha=None,
        fetched_at=context.now,
    )
    try:
        records = await context.network.records(params.name, params.type, within=patience)
    except EgressError as error:
        return unanswered(error, expected=params.words, source=source)
    # In a thread: sixty kilobytes of records, and a pattern that takes its time.
    fault = await asyncio.to_thread(_fault, records, params)
    return Evidence(
        outcome=Outcome.FAIL if fault else Outcome.PASS,
        reason=Reason.DOES_NOT_HOLD if fault else Reason.HOLDS,
        expected=params.words,
        observed="; ".join(filter(None, (fault, _seen(records, params)))),
        source=source,
        # That a name has no such record is true of nearly every name, misspelt ones included.
        decisive=bool(fault) or params.exists,
        details=tuple(Detail(text=spelled(value)) for value in records.values[:MOST_DETAILS]),
        measures=(Measure(name="records", value=len(records.values), unit="records"),),
    )


def _fault(records: Records, params: DnsParams) -> str | None:
    """What is otherwise than wanted, beyond what the values themselves show; None where nothing is."""
    if not params.exists:
        return "there are records" if records.values else None
    if not records.values:
        return "no such record"
    found = set(records.values)
    lacking = tuple(value for value in params.wanted if value not in found)
    unwanted = tuple(sorted(found - set(params.wanted))) if params.equals else ()
    if params.matches is not None and not any(search(params.matches, value) for value in records.values):
        return "none matches"
    faults = [f"lacks {_quoted(lacking)}"] if lacking else []
    faults += [f"also has {_quoted(unwanted)}"] if unwanted else []
    return "; ".join(faults) or None


def _seen(records: Records, params: DnsParams) -> str:
    if not records.exists:
        return f"the name {params.name} does not exist"
    if not records.values:
        return f"{params.name} has no {params.type} record"
    return f"{counted(len(records.values), 'record')}: {_quoted(records.values)}"


def _quoted(values: tuple[str, ...]) -> str:
    return listed(tuple(map(spelled, values)), 4)


def _normal(value: str, kind: RecordKind) -> str:
    """A value as people write it, in the spelling of `Records`."""
    text = " ".join(value.split()) if kind is not RecordKind.TXT else value
    if kind in _NAMED:
        return text.lower().rstrip(".")
    return _address(text) or text


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _version(text: str) -> int | None:
    address = _address(text)
    return ip_address(address).version if address else None


@dataclass(frozen=True, slots=True)
class DnsProbe:
    """A name's records."""

    kind: str = "dns"
    params: type[Params] = DnsParams
    limit: timedelta = timedelta(seconds=15)
    patience: timedelta = timedelta(seconds=10)
    slow: bool = False
    heavy: bool = True
    manual: Manual = Manual(
        question="Does a name have the DNS records that it should have?",
        example=(
            "- id: moved\n  title: The API has moved to the new load balancer\n"
            "  dns: {name: api.example.com, type: CNAME, equals: [lb2.example.net]}\n"
        ),
        outcomes=(
            (Outcome.PASS, "The records are as asked; or there are none where none may be, which proves little."),
            (Outcome.FAIL, "Other values, a value too few or too many, no such record, or no such name."),
            (
                Outcome.ERROR,
                "The name servers gave no usable answer in time, or one that leads where this server may not go.",
            ),
            (Outcome.MISCONFIGURED, "The name is one that this server never asks for."),
        ),
    )

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one name's records of one kind."""
        return await _ask(question, context, self.patience)


PROBE = DnsProbe()
