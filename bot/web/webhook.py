"""`POST /webhook`: check the headers, read the body, verify it, decide whether it can matter, commit it, answer 202.

A raw ASGI endpoint, since a framework's request and response objects cost more than all of the checks.

Rules:
1. Nothing is read before the headers are in order, and nothing is decoded before the signature is verified.
2. Nothing is written for what cannot matter, and nothing is answered with 202 before what matters is on the disk.
3. GitHub does not deliver again by itself: trouble with the store is answered 503, so that the delivery counts as
   failed and is found again.

Source: https://docs.github.com/en/webhooks/using-webhooks/handling-webhook-deliveries
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeAlias
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.engine import Delivery, StoreUnavailable
from bot.github.events import BadPayload, Received, decode
from bot.web import answers
from bot.web.answers import Answer
from bot.web.signature import is_well_formed, secret_that_signed

MAX_BODY = 25 * 1024 * 1024
BIG_BODY = 1024 * 1024
MAX_BIG_BODIES = 8  # in flight at once
RECEIVE_LIMIT = timedelta(seconds=10)

Route: TypeAlias = Callable[[Received], Delivery | None]
Report: TypeAlias = Callable[[str, Mapping[str, str | int]], None]
OnAnswer: TypeAlias = Callable[[str | None, Answer], None]


class Inbox(Protocol):
    """Where deliveries become durable."""

    async def put(self, delivery: Delivery) -> bool:
        """Is it taken now? False where it was taken before, or is a signal that woke nobody.

        Raises `StoreUnavailable`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What the webhook needs. `route` is pure; `report` gets one line of log for everything that is worth one.

    `on_answer` hears of every answer, with the event's name as the header has it, None without such a header.
    """

    secrets: tuple[bytes, ...] = field(repr=False)
    route: Route
    inbox: Inbox
    clock: Callable[[], datetime]
    report: Report
    on_answer: OnAnswer = lambda _event, _answer: None


class Head(NamedTuple):
    """What the headers say; a tuple, since one is made for every delivery. `length` is None where chunks come."""

    event: str
    guid: str
    signature: bytes
    is_form: bool
    length: int | None


def webhook(intake: Intake) -> ASGIApp:
    """The endpoint."""
    big_bodies = asyncio.Semaphore(MAX_BIG_BODIES)

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        head = read_head(scope["headers"]) if scope["method"] == "POST" else answers.NOT_POST
        result: Head | Received | Answer | None = head
        if isinstance(result, Head):
            result = await _take(intake, result, receive, big_bodies)
        if isinstance(result, Received):
            result = await _commit(intake, result)
        if result is not None:
            intake.on_answer(head.event if isinstance(head, Head) else None, result)
            await send(result.start)
            await send(result.body)

    return endpoint


async def _take(
    intake: Intake, head: Head, receive: Receive, big_bodies: asyncio.Semaphore
) -> Received | Answer | None:
    """The verified delivery, or what to answer at once; None where nobody listens any more.

    The body does not outlive this function: many may wait for the commit at once.
    """
    # Waiting for the first part is bounded by the server's own deadline; a timer here would cost every delivery.
    message = await receive()
    body: bytes | Answer | None = message.get("body", b"")
    if message["type"] != "http.request":
        return None
    if message.get("more_body", False):
        body = await _read_on(receive, head, message.get("body", b""), big_bodies)
    if not isinstance(body, bytes):
        return body
    if len(body) > MAX_BODY:
        return answers.TOO_LARGE
    position = secret_that_signed(intake.secrets, body, head.signature)
    if position is None:
        return answers.UNSIGNED
    if position > 0:
        intake.report("signed-with-older-secret", {"position": position, "guid": head.guid})
    return _decoded(head, body, intake)


def _decoded(head: Head, body: bytes, intake: Intake) -> Received | Answer:
    try:
        payload = decode(head.event, _payload_of_form(body) if head.is_form else body)
    except BadPayload as error:
        intake.report("payload-refused", {"event": head.event, "guid": head.guid, "error": str(error)})
        return answers.refusal(400, str(error))
    if payload is None:
        return answers.IGNORED
    return Received(
        event=head.event, guid=head.guid, action=payload.action, payload=payload, received_at=intake.clock()
    )


async def _commit(intake: Intake, received: Received) -> Answer:
    delivery = intake.route(received)
    if delivery is None:
        return answers.IGNORED
    try:
        taken = await intake.inbox.put(delivery)  # bounded by the store's own deadline
    except StoreUnavailable as error:
        intake.report("store-unavailable", {"event": received.event, "guid": received.guid, "error": str(error)})
        return answers.UNAVAILABLE
    if delivery.job is None:
        return _signalled(intake, received, woke=taken)
    intake.report("delivery", {"event": received.event, "guid": received.guid, "job": delivery.job.id, "new": taken})
    return answers.ACCEPTED if taken else answers.DUPLICATE


def _signalled(intake: Intake, received: Received, *, woke: bool) -> Answer:
    """Most signals wake nobody: a busy repository's runs end all day long, and are not worth a line each."""
    if not woke:
        return answers.IGNORED
    intake.report("signal", {"event": received.event, "guid": received.guid})
    return answers.ACCEPTED


_ONCE = (
    b"x-hub-signature-256",
    b"x-github-event",
    b"x-github-delivery",
    b"content-type",
    b"content-length",
    b"content-encoding",
)


def read_head(headers: list[tuple[bytes, bytes]]) -> Head | Answer:
    """What the headers say, or the refusal of what they say. Names are in lower case, as ASGI has them."""
    given = dict(headers)
    if len(given) != len(headers):
        twice = _given_twice(headers)
        if twice is not None:
            return twice
    length = given.get(b"content-length")
    if length is not None and not (length.isdigit() and len(length) < 10 and int(length) <= MAX_BODY):
        return answers.TOO_LARGE
    signature = given.get(b"x-hub-signature-256", b"")
    if not is_well_formed(signature):
        return answers.UNSIGNED
    event, guid = given.get(b"x-github-event", b""), given.get(b"x-github-delivery", b"")
    if not event.replace(b"_", b"").isalnum() or len(event) > 64:
        return answers.refusal(400, "the header X-GitHub-Event is missing or malformed")
    if not guid.replace(b"-", b"").isalnum() or len(guid) > 64:
        return answers.refusal(400, "the header X-GitHub-Delivery is missing or malformed")
    is_form = False
    if given.get(b"content-type") != b"application/json":
        media_type = given.get(b"content-type", b"").partition(b";")[0].strip().lower()
        is_form = media_type == b"application/x-www-form-urlencoded"
        if not is_form and media_type != b"application/json":
            return answers.WRONG_TYPE
    if given.get(b"content-encoding", b"identity").lower() != b"identity":
        return answers.ENCODED
    # isalnum of bytes is about ASCII alone, so these cannot fail
    return Head(event.decode(), guid.decode(), signature, is_form, int(length) if length else None)


def _given_twice(headers: list[tuple[bytes, bytes]]) -> Answer | None:
    names = [name for name, _ in headers]
    twice = next((name for name in _ONCE if names.count(name) > 1), None)
    if twice is None:
        return None
    if twice == b"x-hub-signature-256":
        return answers.UNSIGNED
    return answers.refusal(400, f"the header {twice.decode()} is given twice")


async def _read_on(receive: Receive, head: Head, first: bytes, big_bodies: asyncio.Semaphore) -> bytes | Answer | None:
    try:
        async with asyncio.timeout(RECEIVE_LIMIT.total_seconds()):
            if head.length is not None and head.length <= BIG_BODY:
                return await _read_rest(receive, first)
            async with big_bodies:
                return await _read_rest(receive, first)
    except TimeoutError:
        return answers.TOO_SLOW


async def _read_rest(receive: Receive, first: bytes) -> bytes | Answer | None:
    parts, size = [first], len(first)
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part: bytes = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > MAX_BODY:
            return answers.TOO_LARGE
        more = message.get("more_body", False)
    return b"".join(parts)


def _payload_of_form(body: bytes) -> bytes:
    """The JSON in a form's one field `payload`. Raises `BadPayload`."""
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=4, errors="strict")
    except ValueError:
        raise BadPayload("the body is not a form of UTF-8 text") from None
    payload = fields.get("payload", [])
    if len(payload) != 1:
        raise BadPayload("the form must have one field named payload")
    return payload[0].encode()
