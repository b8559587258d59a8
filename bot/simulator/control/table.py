"""The way from a control request to its function."""

from collections.abc import Callable

from bot.simulator.control import machines, people
from bot.simulator.control.state import state
from bot.simulator.git.store import GitError
from bot.simulator.reading import ReadingError, place
from bot.simulator.refusals import Refusal
from bot.simulator.rest.call import Answer
from bot.simulator.runtime import Simulator

PREFIX = "/_sim/"
ACTIONS = people.ACTIONS | machines.ACTIONS


async def answer(sim: Simulator, method: str, path: str, body: object) -> Answer:
    """The answer to a control request; ``body`` is decoded JSON."""
    name = path.removeprefix(PREFIX)
    if method == "GET" and name in _READS:
        return _READS[name](sim)
    if method == "DELETE" and name == "faults":
        sim.faults.clear()
        return Answer(body={"rules": 0})
    action = ACTIONS.get(name) if method == "POST" else None
    if action is None:
        known = ", ".join(sorted((*ACTIONS, *_READS)))
        return _problem(404, f"no such control: {method} {path}; there are {known}")
    try:
        return Answer(body=await action(sim, place({} if body is None else body, "")))
    except ReadingError as error:
        return _problem(400, str(error))
    except (Refusal, GitError) as error:
        return _problem(error.status if isinstance(error, Refusal) else 422, str(error))


def _state(sim: Simulator) -> Answer:
    return Answer(body=state(sim.world))


def _exchanges(sim: Simulator) -> Answer:
    return Answer(body="".join(sim.exchanges.lines()).encode(), media_type="application/jsonl; charset=utf-8")


def _deliveries(sim: Simulator) -> Answer:
    return Answer(body=[each.whole() for each in sim.world.deliveries])


def _problem(status: int, message: str) -> Answer:
    return Answer(status=status, body={"message": message, "status": str(status)})


_READS: dict[str, Callable[[Simulator], Answer]] = {
    "deliveries": _deliveries,
    "exchanges": _exchanges,
    "state": _state,
}
