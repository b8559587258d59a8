"""The rules of outside writes, as a state machine against a world that loses answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.engine import intents
from bot.engine.intents import Denied, Finished, Hopeless, Intent, Look, Move, Postponed, Send, State, Wait

LAG = timedelta(seconds=90)
START = datetime(2026, 1, 1, tzinfo=UTC)
SENT = Intent(state=State.SENT, sent_at=START, sends=1)
SINCE = START - timedelta(seconds=60)
WAIT = START + timedelta(minutes=1)

TABLE = [
    pytest.param(None, 0, Send(), id="never begun"),
    pytest.param(SENT, 0, Wait(START + LAG), id="just sent"),
    pytest.param(SENT, 90, Look(SINCE), id="after the lag"),
    pytest.param(intents.not_found(SENT), 91, Wait(START + 2 * LAG), id="not found once"),
    pytest.param(intents.not_found(SENT), 180, Look(SINCE), id="after two lags"),
    pytest.param(intents.not_found(intents.not_found(SENT)), 181, Send(), id="not found twice"),
    pytest.param(Intent(state=State.SENT, sent_at=START, sends=4, checks=2), 181, Hopeless(), id="four times"),
    pytest.param(SENT, -299, Wait(START + LAG), id="the clock slipped a little"),
    pytest.param(SENT, -301, Look(SINCE), id="the clock was set back"),
    pytest.param(intents.done(SENT, 7), 0, Finished(7), id="done"),
    pytest.param(intents.refused(SENT, WAIT), 0, Postponed(WAIT), id="refused, too early"),
    pytest.param(intents.refused(SENT, WAIT), 60, Send(), id="refused, late enough"),
    pytest.param(intents.refused(SENT, None), 0, Send(), id="refused, and not kept"),
    pytest.param(intents.denied(SENT, "locked"), 0, Denied("locked"), id="refused for good"),
    pytest.param(intents.refused(SENT, START + timedelta(days=400)), 0, Send(), id="refused by a wild clock"),
]


@pytest.mark.parametrize(("intent", "seconds", "move"), TABLE)
def test_decide(intent: Intent | None, seconds: int, move: Move) -> None:
    """What to do next follows from what is recorded and the time."""
    assert intents.decide(intent, START + timedelta(seconds=seconds), LAG) == move


OUTCOMES = ["answered", "lost", "late", "dropped", "refused", "denied", "crash before", "crash after"]


class WriteMachine(RuleBasedStateMachine):
    """One write with crashes anywhere; the world shows an effect at most one lag after the call."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.intent: Intent | None = None
        self.effects: list[datetime] = []

    @rule(seconds=st.integers(0, 200))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.finished is None)
    @rule(outcome=st.sampled_from(OUTCOMES))
    def act(self, outcome: str) -> None:
        match intents.decide(self.intent, self.now, LAG):
            case Send():
                self.send(outcome)
            case Look(since):
                self.look(since, outcome)
            case _:
                pass

    def send(self, outcome: str) -> None:
        self.intent = intents.sent(self.intent, self.now)
        if outcome in {"answered", "lost", "crash after"}:
            self.effects.append(self.now)
        if outcome == "late":
            self.effects.append(self.now + LAG * 0.9)
        if outcome == "answered":
            self.intent = intents.done(self.intent, "it")
        if outcome == "refused":
            self.intent = intents.refused(self.intent, None)
        if outcome == "denied":
            self.intent = intents.denied(self.intent, "no")

    def look(self, since: datetime, outcome: str) -> None:
        assert self.intent is not None
        if outcome.startswith("crash"):
            return
        found = any(since <= at <= self.now for at in self.effects)
        self.intent = intents.done(self.intent, "it") if found else intents.not_found(self.intent)

    @property
    def finished(self) -> Intent | None:
        return self._in(State.DONE)

    @property
    def denied(self) -> Intent | None:
        return self._in(State.REFUSED)

    def _in(self, state: State) -> Intent | None:
        return self.intent if self.intent is not None and self.intent.state is state else None

    @invariant()
    def at_most_once(self) -> None:
        assert len(self.effects) <= 1

    @invariant()
    def done_means_it_happened(self) -> None:
        assert self.finished is None or self.effects

    @invariant()
    def denied_means_it_did_not(self) -> None:
        assert self.denied is None or not self.effects


WriteMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestWriteMachine = WriteMachine.TestCase
