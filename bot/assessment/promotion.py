"""The words round a pattern that becomes a profile: its branch, its commit, its pull request, the answers. Pure.

What GitHub reads as a command holds no foreign text, as in `bot.assessment.proposal`; unlike there CI is to run, since
the check of policies looks at what is proposed.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.assessment.evidence import Criterion, Scope
from bot.assessment.markdown import code, fence, link, name, prose, row
from bot.assessment.pattern import Agreed
from bot.assessment.precedent import Held
from bot.assessment.wording import count, listing

COMMAND = "/resolution promote"
PROFILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
"""A profile that is proposed: a branch is called by it, so it is a little less than a policy may name one."""

_SHOWN = 10
_LONGEST_BLOCK = 20_000
_DECIDE = (
    "I compared the policy before and after: every other profile, criterion and rule means what it meant. Nothing of"
    " this counts before it is merged. People decide whether issues like these are asked these criteria: merge this,"
    " change it on its branch, or close it."
)


_NO_WHEN = "No label that all of these issues have tells them from others; with a `when:` it is chosen by itself."
_OTHERS_COME_FIRST = (
    "It has no `when:`, since other profiles are there for such issues, or stand in the organisation's policy, and it"
    " is not to come before one of them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What is proposed: it asks `today` and `more`, all as the policy says them; `left_out` are not known any more.

    `today` is what the pattern's issues are asked, by the policy itself (`own`), by these `profiles`, or by both.
    `of_some`: ids that only some of them are asked. `label`: by which it is chosen; None: it is asked by name alone.
    """

    profile: str
    pattern: Agreed
    more: tuple[Criterion, ...]
    today: tuple[Criterion, ...] = ()
    own: bool = True
    profiles: tuple[str, ...] = ()
    of_some: frozenset[str] = frozenset()
    label: str | None = None
    left_out: tuple[Held, ...] = ()


def profile_of(pattern: str) -> str:
    """What the profile is called where nobody says."""
    return re.sub(r"[^a-z0-9_]+", "-", pattern.lower())[:40].strip("-_")


def branch_of(profile: str) -> str:
    """The branch on which it is proposed."""
    return f"resolution-bot/profile-{profile}"


def headline(profile: str) -> str:
    """The commit's subject."""
    return f"Policy: the profile {profile}"


def title(profile: str) -> str:
    """The pull request's title."""
    return f"Profile {profile} for the policy"


def body(what: Proposed, *, by: str, asked_in: str) -> str:
    """The pull request's text. `asked_in` is the address of the command, `by` who gave it."""
    of = code(what.profile)
    more = f"{_issues(what.pattern)} were closed on more than such issues are asked today."
    parts = [
        f"{more} {of} asks all that they are asked today, as it stands in the policy, and {len(what.more):,} more.",
        compared(what),
        _when(what),
        _left_out(what),
        _DECIDE,
        f"Asked for by {name(by)}: {link('the command', asked_in)}.",
    ]
    return "\n\n".join(part for part in parts if part)


def compared(what: Proposed) -> str:
    """What such issues are asked today, by whom, and what the profile asks: a table."""
    rows = [row(("criterion", "what must hold", "probe", "today", f"with {code(what.profile)}")), "|-|-|-|-|-|"]
    rows += [row((*_named(one), _asked(one, of_some=one.id in what.of_some), _asked(one))) for one in what.today]
    rows += [row((*_named(one), "not asked", f"**{_asked(one)}**")) for one in what.more]
    rows += [row((*_named(one), "not asked so", "not asked so: left out")) for one in what.left_out]
    return "\n".join((f"Today they are asked {_asking(what)}.", "", *rows))


def _asking(what: Proposed) -> str:
    own = ["the policy's own criteria"] if what.own else []
    return " or ".join((*own, *(f"the profile {code(one)}" for one in what.profiles)))


def _named(one: Criterion | Held) -> tuple[str, str, str]:
    return code(one.id), prose(one.title, 200), code(one.kind)


def _asked(one: Criterion, *, of_some: bool = False) -> str:
    needed = "required" if one.required else "optional"
    whose = "" if one.scope is Scope.DEVELOPMENT else ", operational"
    return f"{needed}{whose}{', of some' if of_some else ''}"


def _issues(pattern: Agreed) -> str:
    shown = [link(f"#{number}", url) for number, url in pattern.issues[:_SHOWN]]
    more = len(pattern.issues) - _SHOWN
    return listing([*shown, f"{more:,} more"] if more > 0 else shown)


def _when(what: Proposed) -> str:
    alone = f"{code(f'/assess-resolution {what.profile}')}"
    if what.label is None:
        return f"It is asked by name alone: {alone}. {_NO_WHEN if what.pattern.label is None else _OTHERS_COME_FIRST}"
    label = code(what.label, 60)
    return (
        f"It is chosen by itself for issues with the label {label}, where no profile before it fits: all of these have"
        f" it, and less than half of the others that were closed. What the policy itself asks of such an issue, it asks"
        f" as well. Without its `when:` it is asked by name: {alone}."
    )


def _left_out(what: Proposed) -> str:
    if not what.left_out:
        return ""
    items = "\n".join(f"- {code(one.id)} ({code(one.kind)}): {prose(one.title, 200)}" for one in what.left_out)
    return (
        "**To do: left out**, since this repository's policy does not ask it today, or asks another of this name, and I"
        f" make nothing up. Write it in if it is to hold:\n{items}"
    )


def proposed(table: str, number: int, url: str) -> str:
    """The answer once it is proposed, with what is `compared`."""
    return f"### 📚 Proposed as a profile: {link(f'#{number}', url)}\n\n{table}"


def going(profile: str, number: int, url: str) -> str:
    """It was proposed before, and nobody has decided."""
    at = link(f"#{number}", url)
    return f"### 📚 Proposed already: {at}\n\nIt proposes the profile {code(profile)}. Merge it, or close it."


def decided(profile: str, pattern: str, number: int, url: str, *, merged: bool) -> str:
    """It was proposed before, and people decided."""
    at, how = link(f"#{number}", url), "merged" if merged else "closed unmerged"
    return f"😕 {at} proposed the profile {code(profile)} and was {how}. {_other(pattern)}"


def taken(profile: str, pattern: str) -> str:
    """The policy has a profile of that name."""
    return f"😕 The policy has a profile {code(profile)} already. {_other(pattern)}"


def no_name(pattern: str) -> str:
    """Nothing that a profile can be called follows from the pattern."""
    return f"😕 This pattern's name is none for a profile. {_other(pattern)}"


def unknown(pattern: str, known: Sequence[str], nearest: str | None) -> str:
    """There is no such pattern."""
    said = f"😕 There is no pattern {code(pattern, 80)}."
    if not known:
        return f"{said} No set of criteria has closed two issues yet; `/resolution patterns` shows what there is."
    if nearest is not None:
        return f"{said} Did you mean {code(f'{COMMAND} {nearest}')}?"
    return f"{said} There is {listing([code(one, 80) for one in known[:_SHOWN]])}."


def excepted(pattern: str, issues: Sequence[int]) -> str:
    """Too few issues of it were closed without a waiver."""
    named = listing([code(f"#{one}") for one in issues[:_SHOWN]])
    return (
        f"😕 {code(pattern, 80)} is no pattern that I propose: an exception makes no rule, and {named}"
        f" {'was' if len(issues) == 1 else 'were'} closed with a waiver, or before I kept whether there was one. Once"
        " two issues or more are closed on it without a waiver, ask again."
    )


def nothing_more(what: Proposed) -> str:
    """The pattern asks nothing beyond what its issues are asked in any case."""
    out = listing([code(one.id) for one in what.left_out[:_SHOWN]])
    but = f" This repository's policy does not ask {out} today, or asks another of this name." if out else ""
    return (
        f"😕 There is nothing to propose: issues like these are asked {_asking(what)} today, and the pattern"
        f" {code(what.pattern.name, 80)} asks nothing beyond.{but} A profile would only make room to ask less."
    )


def there_already(profile: str, label: str | None) -> str:
    """Another profile asks all of it. `label`: by which it could be chosen; None where it cannot, or is chosen."""
    by_name = code(f"/assess-resolution {profile}")
    said = f"😕 The profile {code(profile)} asks all of this already, and what such issues are asked today: {by_name}."
    if label is None:
        return said
    when = code(f"when: {{labels: [{json.dumps(label, ensure_ascii=False)}]}}", 120)
    return (
        f"{said} What it lacks is a `when:`. To have it chosen by itself, make it the last profile and give it {when}."
    )


def two_ways(ids: Sequence[str]) -> str:
    """What they are asked today cannot stand in one profile."""
    names = listing([code(one) for one in ids[:_SHOWN]])
    return (
        f"😕 I cannot write this profile: issues like these are asked {names} in two ways today, by the policy and its"
        " profiles, and one profile can ask it in one alone. Write it by hand."
    )


def not_to_copy(ids: Sequence[str]) -> str:
    """What they are asked today stands in a file that is not copied from."""
    names = listing([code(one) for one in ids[:_SHOWN]])
    return (
        f"😕 I cannot write this profile: issues like these are asked {names} by the organisation's policy, which I do"
        " not copy, as it may be private; and a profile without would ask less than today. Write it by hand."
    )


def nothing_known(left_out: Sequence[Held]) -> str:
    """None of its criteria can be written."""
    names = listing([code(one.id) for one in left_out[:_SHOWN]])
    return (
        f"😕 I cannot write this profile: this repository's policy does not ask {names} today, or in more than one way,"
        " and I make nothing up. Write the profile by hand, or put the criteria into the policy first."
    )


def by_hand(lines: Sequence[str]) -> str:
    """It can be written, and there is no place for it that leaves everything else as it is."""
    block = "\n".join(("profiles:", *(f"  {one}" for one in lines)))
    return (
        "😕 I found no place in `.github/resolution.yml` where I can add lines and leave all else as it is. I add them"
        " below `profiles:`, where each profile stands in lines of its own (not in braces), or at the end of the file."
        " To paste:"
        f"\n\n{fence(block, _LONGEST_BLOCK)}"
    )


def faulty(faults: int) -> str:
    """The policy as it stands has faults."""
    return (
        f"😕 The policy has {count(faults, 'fault')}, and I add nothing to it before that is repaired."
        " `/resolution explain policy` names what is wrong. Then ask again."
    )


def organisation_unread() -> str:
    """What would hold over it is not known."""
    return (
        "😕 I could not read the organisation's policy, so I cannot tell what would change. Ask again in a few minutes."
    )


def in_the_way(what: str) -> str:
    """Somebody's work is in the way."""
    return f"😕 Nothing is proposed: {prose(what, 300)}. Ask again once that is settled."


def not_known(branch: str, why: str) -> str:
    """Whether it went well could not be found out."""
    return (
        f"😕 Whether the profile was proposed is not known ({prose(why, 200)})."
        f" Look at the branch {code(branch)}, or ask again."
    )


def _other(pattern: str) -> str:
    return f"Choose another name: {code(f'{COMMAND} {pattern} <profile>')}."
