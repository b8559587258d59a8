"""`replay`: a recorded delivery once more, to a running server."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from bot.settings import SettingsError, environment
from bot.settings.table import SECRETS


class NotADelivery(Exception):
    """The file holds neither a delivery nor, with `--event`, a payload."""


def run_replay(file: Path, event: str | None, url: str, echo: Callable[[str], None]) -> int:
    """0 if the server took it, 1 if it refused, 2 if it could not be sent.

    The file is what GitHub's `GET /app/hook/deliveries/{id}` answers, or a bare payload. A delivery keeps its GUID, so
    a server that took it before says `duplicate`.
    """
    try:
        name, guid, body = _read(file, event)
        secret = SECRETS.read(environment())[0]
    except (OSError, NotADelivery, SettingsError, ValueError) as error:
        echo(str(error))
        return 2
    if urlsplit(url).scheme not in {"http", "https"}:
        echo(f"{url} is no http or https URL")
        return 2
    signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
    request = urllib.request.Request(
        url,
        data=body,
        headers={
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/replay",
            "X-GitHub-Event": name,
            "X-GitHub-Delivery": guid,
            "X-Hub-Signature-256": f"sha256={signature}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            echo(f"{answer.status} {answer.read().decode('utf-8', 'replace').strip()}")
            return 0
    except urllib.error.HTTPError as error:
        echo(f"{error.code} {error.read().decode('utf-8', 'replace').strip()}")
        return 1
    except OSError as error:
        echo(f"{url}: {error}")
        return 2


def _read(file: Path, event: str | None) -> tuple[str, str, bytes]:
    """The event's name, the delivery's GUID and the body."""
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise NotADelivery(f"{file} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise NotADelivery(f"{file} holds no JSON object")
    request = found.get("request")
    if isinstance(request, dict) and isinstance(request.get("payload"), dict):
        headers = {str(name).lower(): str(value) for name, value in (request.get("headers") or {}).items()}
        name = event or headers.get("x-github-event") or str(found.get("event") or "")
        guid = headers.get("x-github-delivery") or str(found.get("guid") or "")
        if name and guid:
            return name, guid, json.dumps(request["payload"]).encode()
        raise NotADelivery(f"{file} names neither the event nor the delivery's GUID")
    if event is None:
        raise NotADelivery(f"{file} is a bare payload: name its event with --event, such as --event issue_comment")
    body = json.dumps(found).encode()
    # The same payload has the same GUID: sending it twice is a redelivery.
    return event, str(uuid5(NAMESPACE_URL, hashlib.sha256(body).hexdigest())), body
