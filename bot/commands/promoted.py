"""A pattern as the profile that it becomes, and the policy's text with it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.assessment import promotion
from bot.assessment.pattern import Agreed
from bot.assessment.promotion import Proposed
from bot.commands.measure import rules_of
from bot.commands.unaskable import shown_path
from bot.config.added_profile import NewProfile, is_only_added, spelled, with_profile
from bot.config.known_criteria import Known, again, known_in
from bot.config.load import Loaded
from bot.config.profiles import RESERVED, When
from bot.github.models import PolicyFile, Snapshot
from bot.github.session import POLICY_PATH
from bot.probes.contract import Question


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
    own = snapshot.policy_file
    text = None if own is None else own.text
    known = known_in(rules, {} if own is None or own.text is None else {shown_path(own): own.text})
    found = tuple((one, again(one, known, built_in=pattern.built_in)) for one in pattern.criteria)
    criteria = tuple(one for _, one in found if one is not None)
    left_out = tuple(held for held, one in found if one is None)
    if not criteria:
        return promotion.nothing_known(left_out)
    if not left_out and (there := _asking(rules, criteria, built_in=pattern.built_in)) is not None:
        return promotion.asked_already(there.profile)
    if rules.profile(name) is not None:
        return promotion.taken(name, pattern.name)
    when = None if pattern.label is None else When(labels=(pattern.label,))
    new = NewProfile(name=name, criteria=criteria, when=when)
    whole = with_profile(text, new)
    if whole is None or not is_only_added(rules, rules_of(_with_policy(snapshot, whole)), new):
        return promotion.by_hand(spelled(new))
    asked = tuple(one.question.criterion for one in criteria)
    what = Proposed(profile=name, pattern=pattern, criteria=asked, left_out=left_out)
    return Draft(what=what, before=text, text=whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """What asks the same already: a profile, or (None) the policy itself."""

    profile: str | None = None


def _asking(rules: Loaded, criteria: tuple[Known, ...], *, built_in: bool) -> _Asking | None:
    """Where exactly these criteria are asked already. What is built in stands in no policy until it is written."""
    wanted = [one.question for one in criteria]
    for profile in rules.profiles:
        if not profile.faulty and _same(profile.questions, wanted):
            return _Asking(profile=profile.name)
    return _Asking() if not built_in and not rules.faulty and _same(rules.questions, wanted) else None


def _same(questions: Sequence[Question], wanted: Sequence[Question]) -> bool:
    return len(questions) == len(wanted) and all(one in wanted for one in questions)


def _with_policy(snapshot: Snapshot, text: str) -> Snapshot:
    """The same repository with another policy."""
    file = snapshot.policy_file or PolicyFile(path=POLICY_PATH, oid="", size_bytes=0, text="")
    return replace(snapshot, policy_file=replace(file, text=text))
