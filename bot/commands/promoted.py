"""A pattern as the profile that it becomes, and the policy's text with it. Pure."""

from dataclasses import dataclass, replace

from bot.assessment import promotion
from bot.assessment.pattern import Agreed
from bot.assessment.precedent import Held
from bot.assessment.promotion import Proposed
from bot.commands.measure import rules_of
from bot.commands.unaskable import shown_path
from bot.config.added_profile import NewProfile, is_only_added, spelled, with_profile
from bot.config.known_criteria import Known, again, known_in
from bot.config.load import Loaded
from bot.config.profiles import RESERVED, Kind, When
from bot.config.today import Today, as_written, asking_all, chosen_behind, today_of
from bot.github.models import PolicyFile, Snapshot
from bot.github.session import POLICY_PATH


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A profile that can be proposed: `text` is the whole policy with it, `before` the one that was read."""

    what: Proposed
    before: str | None
    text: str

    @property
    def profile(self) -> str:
        """Its name."""
        return self.what.profile

    @property
    def pattern(self) -> str:
        """The pattern's name."""
        return self.what.pattern.name

    @property
    def branch(self) -> str:
        """Where it is proposed."""
        return promotion.branch_of(self.profile)


def drafted(snapshot: Snapshot, rules: Loaded, pattern: Agreed, profile: str | None) -> Draft | str:
    """The profile that a pattern makes, or why it cannot be proposed."""
    name = profile or promotion.profile_of(pattern.name)
    if name in RESERVED or not promotion.PROFILE.match(name):
        return promotion.no_name(pattern.name)
    if rules.profile(name) is not None:
        return promotion.taken(name, pattern.name)
    own = snapshot.policy_file
    text = None if own is None else own.text
    known = known_in(rules, {} if own is None or own.text is None else {shown_path(own): own.text})
    asked = _asked(rules, known, pattern, path="" if own is None else shown_path(own))
    if isinstance(asked, str):
        return asked
    when = None if asked.label is None else When(labels=(asked.label,))
    new = NewProfile(name=name, criteria=(*asked.base, *asked.more), when=when)
    whole = with_profile(text, new)
    if whole is None or not is_only_added(rules, rules_of(_with_policy(snapshot, whole)), new):
        return promotion.by_hand(spelled(new))
    return Draft(what=asked.told(name, pattern), before=text, text=whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the profile is to ask: what such issues are asked `today` (`base`), and `more`."""

    today: Today
    base: tuple[Known, ...]
    more: tuple[Known, ...]
    left_out: tuple[Held, ...]
    label: str | None
    of_some: frozenset[str]

    def told(self, profile: str, pattern: Agreed) -> Proposed:
        return Proposed(
            profile=profile,
            pattern=pattern,
            more=tuple(one.question.criterion for one in self.more),
            today=tuple(one.question.criterion for one in self.base),
            own=self.today.own,
            profiles=self.today.profiles,
            of_some=self.of_some,
            label=self.label,
            left_out=self.left_out,
        )


def _asked(rules: Loaded, known: tuple[Known, ...], pattern: Agreed, *, path: str) -> _Asked | str:
    """What it asks, or why there is no such profile. `path` is of the repository's own policy, as it is shown."""
    today = today_of(rules, (Kind(labels=one.labels, title=one.title) for one in pattern.members))
    if today.twice:
        return promotion.two_ways(today.twice)
    written = as_written(today.questions, known)
    foreign = tuple(name for name, one in written.items() if one is None)
    if foreign:
        return promotion.not_to_copy(foreign)
    found = tuple((one, again(one, known, built_in=pattern.built_in)) for one in pattern.criteria)
    if not any(one is not None for _, one in found):
        return promotion.nothing_known(pattern.criteria)
    asked = _Asked(
        today=today,
        base=tuple(one for one in written.values() if one is not None),
        more=tuple(one for _, one in found if one is not None and one.question.criterion.id not in written),
        left_out=tuple(held for held, one in found if one is None or _is_another(one, today)),
        of_some=frozenset(written) - today.always(rules),
        label=pattern.label if today.own and not chosen_behind(rules, path) else None,
    )
    if not asked.more:
        return promotion.nothing_more(asked.told("", pattern))
    there = asking_all(rules, (one.question for one in (*asked.base, *asked.more)))
    if there is not None:
        return promotion.there_already(there.name, asked.label if there.when is None else None)
    return asked


def _is_another(one: Known, today: Today) -> bool:
    """Is something else asked today under its name?"""
    return any(each.criterion.id == one.question.criterion.id and each != one.question for each in today.questions)


def _with_policy(snapshot: Snapshot, text: str) -> Snapshot:
    """The same repository with another policy."""
    file = snapshot.policy_file or PolicyFile(path=POLICY_PATH, oid="", size_bytes=0, text="")
    return replace(snapshot, policy_file=replace(file, text=text))
