"""What each part of the aftermath works with; see `bot.commands.aftermath`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace

from bot.assessment.document import Assessment, Done
from bot.commands.request import AftermathRequest, Place
from bot.commands.tools import Tools
from bot.engine import Turn
from bot.github.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What a part works with: the assessment as it ended, and where."""

    turn: Turn
    tools: Tools
    session: Session
    request: AftermathRequest
    assessment: Assessment

    @property
    def place(self) -> Place:
        """The issue."""
        return self.request.place

    def report(self, event: str, why: str) -> None:
        """A line for the operator."""
        self.tools.report(event, {"repository": self.place.full_name, "issue": self.place.number, "why": why})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that may be owed: is it, for such a request and document; and the doing of it.

    `do` answers with the document as it is then: with what was done, and what else the part has to say in it. `would`
    says in plain words what it would do, where it is owed; empty where nobody need know.
    `quiet`: it does nothing at GitHub, so that the issue need not be looked at before it.
    """

    name: str
    owed: Callable[[AftermathRequest, Assessment], bool]
    do: Callable[[After], Awaitable[Assessment]]
    would: Callable[[AftermathRequest, Assessment], str]
    quiet: Callable[[AftermathRequest], bool] = lambda _request: False


def joined(fresh: Assessment, before: Assessment, after: Assessment) -> Assessment:
    """The document as it is by now, with what a part has added to the one that it began with. Pure.

    What was done is appended; any other field that the part has changed takes the place of the present one.
    """
    changed = {
        field.name: getattr(after, field.name)
        for field in fields(after)
        if getattr(after, field.name) != getattr(before, field.name)
    }
    done = after.actions[len(before.actions) :]
    # a step that was cut off before it was remembered is done again
    known = bool(done) and fresh.actions[-len(done) :] == done
    changed["actions"] = fresh.actions if known else (*fresh.actions, *done)
    return replace(fresh, **changed)


def with_done(assessment: Assessment, *done: Done) -> Assessment:
    """The document with more that was done."""
    return replace(assessment, actions=(*assessment.actions, *done))
