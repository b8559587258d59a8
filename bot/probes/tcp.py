"""Does a TCP port of a host accept connections?

The connection goes through the egress guard, is closed at once, and nothing is sent over it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from bot.assessment.evidence import Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.egress.exchange import EgressError, Unanswered
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.reach import Host, Port, authority, milliseconds, unanswered


class TcpParams(Params):
    """Where somebody must be listening."""

    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    host: Host = Field(description="The host's name or address.")
    port: Port = Field(description="The port. Which ones may be asked is up to the operator of this server.")
    timeout: float = Field(default=5.0, gt=0, le=30, description="Seconds that connecting may take.")

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom=f"the host `{self.host}`")


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, TcpParams)
    place = authority(params.host, params.port)
    expected = f"{place} accepts connections"
    source = Source(url=f"tcp://{place}", place=place, sha=None, fetched_at=context.now)
    try:
        connection = await context.network.connect(params.host, params.port, within=timedelta(seconds=params.timeout))
    except Unanswered:
        return Evidence(
            outcome=Outcome.FAIL,
            reason=Reason.DOES_NOT_HOLD,
            expected=expected,
            observed="the host is there, and refuses connections on this port",
            source=source,
            remedy="Start the service, or name the port that it listens on.",
        )
    except EgressError as error:
        return unanswered(error, expected=expected, source=source)
    connection.socket.close()
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.HOLDS,
        expected=expected,
        observed=f"connected in {milliseconds(connection.elapsed)}",
        source=source,
        measures=(Measure(name="connect", value=connection.elapsed.total_seconds(), unit="s"),),
    )


_NOT_TOLD = (
    "The host is not reachable from this server: it has no address, this server may not ask it, or nothing comes back, "
    "as from a port that a firewall hides. Which of these it is is not told."
)


@dataclass(frozen=True, slots=True)
class TcpProbe:
    """A port's answer."""

    kind: str = "tcp"
    params: type[Params] = TcpParams
    limit: timedelta = timedelta(seconds=35)
    slow: bool = False
    heavy: bool = True
    manual: Manual = Manual(
        question="Does a TCP port of a host accept connections?",
        example=(
            "- id: listening\n  title: The gateway listens again\n  tcp: {host: gateway.example.com, port: 8443}\n"
        ),
        outcomes=(
            (Outcome.PASS, "The port accepts connections."),
            (Outcome.FAIL, "The host is public and there, and refuses connections on this port."),
            (Outcome.ERROR, _NOT_TOLD),
            (Outcome.MISCONFIGURED, "The port or the host is one that this server never asks."),
        ),
    )

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one port."""
        return await _ask(question, context)


PROBE = TcpProbe()
