"""What issues of some kinds are asked today: that a new profile for them never asks less. Pure.

Rules:
1. A profile that is the last is chosen by itself only where no other is: such an issue was asked the policy's own
   criteria. So it has a `when` only where these are among what it asks.
2. Of an issue that was closed the type is not known: every profile that may have been meant counts.
3. Whatever they are asked is kept, required or not, development or operational, as it is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.config.known_criteria import Known
from bot.config.load import Loaded
from bot.config.profiles import Kind, Profile, possible
from bot.probes.contract import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What they are asked. `sets`: by which profiles, None being the policy itself; `questions`: all of theirs.

    `twice` are the ids that are asked in two ways, so that no one profile can ask both.
    """

    sets: tuple[Profile | None, ...]
    questions: tuple[Question, ...]
    twice: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        """Are the policy's own criteria asked of some?"""
        return None in self.sets

    @property
    def profiles(self) -> tuple[str, ...]:
        """The names of the profiles that are, or may be, chosen."""
        return tuple(one.name for one in self.sets if one is not None)

    def always(self, rules: Loaded) -> frozenset[str]:
        """The ids that all of them are asked, whichever set is theirs."""
        lists = (rules.questions if one is None else one.questions for one in self.sets)
        return frozenset.intersection(*(frozenset(each.criterion.id for each in one) for one in lists))


def today_of(rules: Loaded, kinds: Iterable[Kind]) -> Today:
    """What issues of these kinds are asked; where there is none, the policy's own criteria."""
    found: dict[str | None, Profile | None] = {}
    for kind in kinds:
        found |= {None if one is None else one.name: one for one in possible(rules.profiles, kind)}
    sets = tuple(found.values()) or (None,)
    asked: dict[str, Question] = {}
    twice: dict[str, None] = {}
    for question in (one for each in sets for one in (rules.questions if each is None else each.questions)):
        if asked.setdefault(question.criterion.id, question) != question:
            twice[question.criterion.id] = None
    return Today(sets=sets, questions=tuple(asked.values()), twice=tuple(twice))


def as_written(questions: Iterable[Question], known: tuple[Known, ...]) -> Mapping[str, Known | None]:
    """Each question as the policy says it, by id; None where no file that may be copied from says it."""
    return {
        question.criterion.id: next((one for one in known if one.question == question), None) for question in questions
    }


def asking_all(rules: Loaded, questions: Iterable[Question]) -> Profile | None:
    """The first profile that asks all of it already."""
    wanted = tuple(questions)
    return next((one for one in rules.profiles if all(each in one.questions for each in wanted)), None)


def chosen_behind(rules: Loaded, path: str) -> bool:
    """Would a profile of another file, which stand behind those of this one, be chosen less often for a new one?"""
    asked = (rules.origins.get(f"profiles.{one.name}") for one in rules.profiles if one.when is not None)
    return any(place is not None and place.path != path for place in asked)
