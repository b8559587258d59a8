"""Servers that the operator has named: which one is meant, and what goes wrong with the questions to it."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from bot.assessment.evidence import Evidence, Outcome, Reason, Source
from bot.egress.exchange import EgressError, NamedServer, ServerKind
from bot.probes.contract import Context
from bot.probes.places import listed
from bot.probes.reach import unanswered

MOST_QUERY = 2 << 10
MOST_SAID = 200
"""So many characters of what a server says in its own words are shown."""
_PLACE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>,;()]+"  # a URL
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)(?::\d{1,5})?"  # an address, maybe with a port
    r"|\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\](?::\d{1,5})?"
    r"|(?<![\w.-])(?:[A-Za-z0-9_-]+\.)*[A-Za-z][A-Za-z0-9_-]*:\d{2,5}(?![\d:])"  # a name with a port
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NAMES = {ServerKind.PROMETHEUS: "Prometheus", ServerKind.LOKI: "Loki", ServerKind.SENTRY: "Sentry"}


class BadQuery(Exception):
    """The server refuses the question: whoever wrote it should look. The text is the server's own."""


class TooMuch(Exception):
    """More came than is read here."""


Trouble = EgressError | BadQuery | TooMuch
"""What asking a named server may raise."""
TROUBLE = (EgressError, BadQuery, TooMuch)


def query_fault(query: str) -> str | None:
    """What is wrong with a query before anybody is asked, in plain words; None where nothing is."""
    if not query.strip():
        return "the query is empty"
    if len(query.encode()) > MOST_QUERY:
        return f"the query is longer than {MOST_QUERY >> 10} KiB"
    return "the query holds control characters" if _CONTROL.search(query) else None


def _query(text: str) -> str:
    if fault := query_fault(text):
        raise ValueError(fault)
    return text


Query = Annotated[str, AfterValidator(_query)]
ServerName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
SERVER_WORDS = "The operator's name for the server; needed where there are several."


def server_of(name: str | None, kind: ServerKind, context: Context) -> NamedServer | str:
    """The server to ask, or why there is none. Without a name it is the only one of its kind."""
    what, names = _NAMES[kind], context.network.servers(kind)
    if name is None and len(names) != 1:
        return f"name one under `server`: {listed(names)}" if names else f"no {what} is named for this repository"
    chosen = name or names[0]
    server = context.network.server(chosen) if chosen in names else None
    return server or f"there is no {what} named {chosen!r} for this repository"


def whom(name: str | None, kind: ServerKind) -> str:
    """The server as people know it who read a policy."""
    return f"the operator's {_NAMES[kind]}" + (f" `{name}`" if name is not None else "")


def no_server(why: str, kind: ServerKind, *, expected: str, context: Context) -> Evidence:
    """The evidence where there is nobody to ask."""
    return Evidence(
        outcome=Outcome.MISCONFIGURED,
        reason=Reason.BAD_QUESTION,
        expected=expected,
        observed=why,
        source=Source(url="", place=_NAMES[kind], sha=None, fetched_at=context.now),
        remedy="Ask the operator of this server to name it.",
    )


def troubled(error: Trouble, *, expected: str, source: Source) -> Evidence:
    """The evidence where a server could not be asked, refused the question, or answered with too much."""
    match error:
        case BadQuery():
            outcome, reason = Outcome.MISCONFIGURED, Reason.BAD_QUESTION
        case TooMuch():
            outcome, reason = Outcome.ERROR, Reason.TOO_LARGE
        case _:
            return unanswered(error, expected=expected, source=source)
    remedy = "Correct it in the policy file." if outcome is Outcome.MISCONFIGURED else None
    return Evidence(
        outcome=outcome, reason=reason, expected=expected, observed=str(error), source=source, remedy=remedy
    )


def said(body: bytes) -> str:
    """What a server says in plain text, as `told`; empty for a page."""
    text = body[: MOST_SAID * 8].decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else told(text)


def told(text: str) -> str:
    """A server's own words, in one line and cut short, without the places in its network that it may name."""
    return _PLACE.sub("[address]", " ".join(text[: MOST_SAID * 8].split()))[:MOST_SAID]
