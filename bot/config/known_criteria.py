"""The criteria that a policy asks, each with what was written of it: so that it can be written again. Pure.

What is written is taken from the files' own nodes, never made from what it means; what is built in has no file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.config.default import QUESTIONS
from bot.config.load import Loaded
from bot.probes.contract import Question
from bot.probes.strict_yaml import ListNode, MapNode, Plain, YamlRefused, parse, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A question, and the criterion as a policy says it: keys and values."""

    question: Question
    said: Mapping[str, Plain]


class Named(Protocol):
    """What is remembered of a criterion: enough to know it again, and not enough to ask it."""

    @property
    def id(self) -> str:
        """Its name."""
        ...

    @property
    def kind(self) -> str:
        """The probe that answered it."""
        ...

    @property
    def title(self) -> str:
        """What had to hold."""
        ...


def known_in(loaded: Loaded, files: Mapping[str, str]) -> tuple[Known, ...]:
    """All that are asked by the policy or one of its profiles; `files` are the texts by the paths of the origins."""
    written = {path: dict(_criteria(text)) for path, text in files.items()}
    lists = ((None, loaded.questions), *((one.name, one.questions) for one in loaded.profiles))
    found: list[Known] = []
    for profile, questions in lists:
        for question in questions:
            place = loaded.where_asked(question.criterion.id, profile)
            node = None if place is None else written.get(place.path, {}).get((place.line, place.column))
            said = _built_in(question) if place is None else _as_written(question, node)
            found += [Known(question=question, said=said)] if said is not None else []
    return tuple(found)


def again(one: Named, known: tuple[Known, ...], *, built_in: bool = False) -> Known | None:
    """The criterion that was meant: by id and kind, and by its title where several have these; None: it is not known.

    What is asked in two ways is not known either. `built_in`: no policy asked it, so that it is known in any case.
    """
    alike = _alike(one, known) or (_alike(one, _BUILT_IN) if built_in else [])
    titled = [other for other in alike if other.question.criterion.title == one.title] or alike
    return titled[0] if titled and all(other.question == titled[0].question for other in titled) else None


def _alike(one: Named, known: tuple[Known, ...]) -> list[Known]:
    return [
        other for other in known if (other.question.criterion.id, other.question.criterion.kind) == (one.id, one.kind)
    ]


def _criteria(text: str) -> Iterator[tuple[tuple[int, int], MapNode]]:
    """Every criterion of a policy's text, by its line and column."""
    try:
        root = parse(text)
    except YamlRefused:
        return
    if not isinstance(root, MapNode):
        return
    profiles = root.get("profiles")
    holders = [entry.value for entry in profiles.entries] if isinstance(profiles, MapNode) else []
    lists = [one.get("criteria") for one in (root, *holders) if isinstance(one, MapNode)]
    for one in lists:
        for item in one.items if isinstance(one, ListNode) else ():
            if isinstance(item, MapNode):
                yield (item.place.line, item.place.column), item


def _as_written(question: Question, node: MapNode | None) -> Mapping[str, Plain] | None:
    """With id and title in any case: those that were made depend on what else is asked, and on every letter."""
    said = None if node is None else plain(node)
    if not isinstance(said, dict):
        return None
    named: dict[str, Plain] = {"id": question.criterion.id, "title": question.criterion.title}
    return named | {key: value for key, value in said.items() if key not in named}


def _built_in(question: Question) -> Mapping[str, Plain]:
    criterion = question.criterion
    params: dict[str, Plain] = question.params.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {
        "id": criterion.id,
        "title": criterion.title,
        "category": criterion.category,
        criterion.kind: params or None,
    }


_BUILT_IN = tuple(Known(question=question, said=_built_in(question)) for question in QUESTIONS)
