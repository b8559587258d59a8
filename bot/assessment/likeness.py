"""How much two issues are alike, and which closed ones are worth naming beside an issue. Pure.

Rules:
1. What two issues have in common counts by how rare it is among the closed ones of the repository: the table `_WORTH`
   says how much at best. What all of them have is worth nothing.
2. A criterion or a label is rare only if others lack it. Files and words are rare by nature: of few closed issues they
   tell something, too.
3. Below `ENOUGH` nothing is named: no similar issue is better than one that is not.
4. The most alike first; of those that are equally alike the newest, then the one with the higher number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from bot.assessment.document import Similar
from bot.assessment.precedent import Likeness, Precedent
from bot.assessment.wording import count, listing, short

MOST = 3
"""Similar issues that are named."""
ENOUGH = 1.25
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A closed issue that may be like the one that is looked at."""

    issue: int
    precedent: Precedent


@dataclass(frozen=True, slots=True, kw_only=True)
class Commonness:
    """How many of the repository's `total` closed issues have each trait and each word."""

    total: int
    traits: Mapping[str, int]
    words: Mapping[str, int]

    def rarity(self, kind: str, name: str) -> float:
        """From 0, where all have it, to nearly 1, where one of very many has it."""
        having = self.words.get(name, 1) if kind == "word" else self.traits.get(f"{kind}:{name}", 1)
        seen = self.total + 1 + _WORTH[kind].unseen
        return max(0.0, log(seen / (having + 1)) / log(seen)) if seen > 1 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worth:
    """What a trait of one kind is worth at best, and all of them together.

    `unseen`: so many issues without it are thought to stand beside those that are known.
    """

    each: float
    most: float
    one: str
    many: str
    unseen: int = 0


_WORTH: Mapping[str, _Worth] = {
    "criterion": _Worth(each=1.0, most=2.5, one="the criterion", many="the criteria"),
    "label": _Worth(each=0.75, most=1.0, one="the label", many="the labels"),
    "file": _Worth(each=1.5, most=3.0, one="the file", many="the files", unseen=3),
    "folder": _Worth(each=0.5, most=1.0, one="the folder", many="the folders", unseen=3),
    "word": _Worth(each=0.75, most=2.0, one="the word", many="the words", unseen=3),
}
_LITTLE = 0.05
"""What is worth less than this is not said to be shared."""


def similar(
    likeness: Likeness, candidates: Iterable[Candidate], common: Commonness, *, url: str, enough: float = ENOUGH
) -> tuple[Similar, ...]:
    """The most alike, as they are named; `url` is the repository's."""
    weighed = [(_weigh(likeness, one, common), one) for one in candidates]
    alike = [(found, one) for found, one in weighed if found.score >= enough and found.shared]
    alike.sort(key=lambda pair: (-pair[0].score, -pair[1].precedent.closed_at.timestamp(), -pair[1].issue))
    return tuple(
        Similar(
            issue=one.issue,
            title=one.precedent.title,
            url=f"{url}/issues/{one.issue}",
            closed_at=one.precedent.closed_at,
            shared=found.shared,
            closed_by=closed_by(one.precedent),
        )
        for found, one in alike[:MOST]
    )


def closed_by(precedent: Precedent) -> tuple[str, ...]:
    """What it was closed on, one short phrase each."""
    said: list[str] = []
    if precedent.pulls:
        numbers = listing([f"#{number}" for number in precedent.pulls])
        said.append(f"{'pull request' if len(precedent.pulls) == 1 else 'pull requests'} {numbers}")
    elif precedent.commit is not None:
        said.append(f"what was measured at `{short(precedent.commit)}`")
    own = [f"`{one.id}`" for one in precedent.criteria if not one.claim]
    claims = sum(one.claim for one in precedent.criteria)
    held = [*_few(own), *([count(claims, "claim")] if claims else [])]
    if held:
        said.append(f"with {listing(held)} seen to hold")
    if precedent.environment is not None:
        said.append(f"deployed to {precedent.environment}")
    return tuple(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weight:
    score: float
    shared: tuple[str, ...]


def _weigh(mine: Likeness, candidate: Candidate, common: Commonness) -> _Weight:
    theirs = candidate.precedent.likeness
    score, shared = 0.0, []
    for kind, names in _both(mine, theirs).items():
        worth = _WORTH[kind]
        worths = {name: worth.each * common.rarity(kind, name) for name in names}
        score += min(worth.most, sum(worths.values()))
        telling = sorted((name for name in names if worths[name] >= _LITTLE), key=lambda name: (-worths[name], name))
        if telling:
            shown = [name if kind == "word" else f"`{name}`" for name in telling]
            shared.append(f"{worth.one if len(telling) == 1 else worth.many} {listing(_few(shown))}")
    # rounded, since sums of the same parts in another order are not quite the same
    return _Weight(score=round(score, 6), shared=tuple(shared))


def _both(mine: Likeness, theirs: Likeness) -> Mapping[str, tuple[str, ...]]:
    """What both have, by kind. Of a folder with a file that both changed, the file is told."""
    ours, others = mine.by_kind, theirs.by_kind
    both = {kind: tuple(name for name in names if name in others[kind]) for kind, names in ours.items()}
    told = {path.rpartition("/")[0] for path in both["file"]}
    both["folder"] = tuple(folder for folder in both["folder"] if folder not in told)
    return {**both, "word": tuple(word for word in mine.words if word in theirs.words)}


def _few(names: list[str]) -> list[str]:
    more = len(names) - _SHOWN
    return names if more <= 0 else [*names[:_SHOWN], f"{more} more"]
