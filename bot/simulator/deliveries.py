"""The log of webhook deliveries, as ``/app/hook/deliveries`` shows it."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.clock import stamp
from bot.simulator.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Emission:
    """A webhook that is to be delivered; ``guid`` is set for a redelivery."""

    event: str
    action: str | None
    payload: Json
    installation: int | None = None
    repository: int | None = None
    guid: str | None = None
    redelivery: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt to deliver a webhook; a status code of 0 means that nobody answered."""

    id: int
    guid: str
    emission: Emission
    url: str
    delivered_at: datetime
    duration_seconds: float
    status_code: int
    status: str
    request_headers: dict[str, str] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str = ""

    @property
    def ok(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status_code < 300

    def again(self) -> Emission:
        """The same webhook once more, under the same guid."""
        one = self.emission
        return Emission(
            event=one.event,
            action=one.action,
            payload=one.payload,
            installation=one.installation,
            repository=one.repository,
            guid=self.guid,
            redelivery=True,
        )

    def item(self) -> Json:
        """One line of the list."""
        return {
            "id": self.id,
            "guid": self.guid,
            "delivered_at": stamp(self.delivered_at),
            "redelivery": self.emission.redelivery,
            "duration": round(self.duration_seconds, 3),
            "status": self.status,
            "status_code": self.status_code,
            "event": self.emission.event,
            "action": self.emission.action,
            "installation_id": self.emission.installation,
            "repository_id": self.emission.repository,
            "throttled_at": None,
        }

    def whole(self) -> Json:
        """All that is known of it."""
        return self.item() | {
            "url": self.url,
            "request": {"headers": dict(self.request_headers), "payload": self.emission.payload},
            "response": {"headers": dict(self.response_headers), "payload": self.response_body},
        }
