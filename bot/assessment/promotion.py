"""The words round a pattern that becomes a profile: its branch, its commit, its pull request, the answers. Pure.

What GitHub reads as a command holds no foreign text, as in `bot.assessment.proposal`; unlike there CI is to run, since
the check of policies looks at what is proposed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.assessment.evidence import Criterion
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
    "Nothing else in the policy changes, and nothing of this counts before it is merged. People decide whether issues"
    " like these are asked these criteria: merge this, change it on its branch, or close it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What is proposed. `criteria` as the policy asks them today; `left_out` are not known any more."""

    profile: str
    pattern: Agreed
    criteria: tuple[Criterion, ...]
    left_out: tuple[Held, ...]


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
    rows = ["| criterion | what must hold | probe |", "|-|-|-|"]
    rows += [row((code(one.id), prose(one.title, 200), code(one.kind))) for one in what.criteria]
    parts = [
        f"{code(what.profile)} asks what {_issues(what.pattern)} were closed on.",
        "\n".join(rows),
        _when(what),
        _left_out(what),
        _DECIDE,
        f"Asked for by {name(by)}: {link('the command', asked_in)}.",
    ]
    return "\n\n".join(part for part in parts if part)


def _issues(pattern: Agreed) -> str:
    shown = [link(f"#{number}", url) for number, url in pattern.issues[:_SHOWN]]
    more = len(pattern.issues) - _SHOWN
    return listing([*shown, f"{more:,} more"] if more > 0 else shown)


def _when(what: Proposed) -> str:
    alone = f"{code(f'/assess-resolution {what.profile}')}"
    if what.pattern.label is None:
        return f"It is asked by name alone: {alone}. {_no_label(what.pattern)}; with a `when:` it is chosen by itself."
    label = code(what.pattern.label, 60)
    return (
        f"It is chosen by itself for issues with the label {label}, where no profile before it fits: all of these have"
        f" it, and less than half of the others that were closed. Without its `when:` it is asked by name: {alone}."
    )


def _no_label(pattern: Agreed) -> str:
    """Why no label chooses it, without the full stop."""
    if pattern.common is None:
        return "These issues have no label in common that I do not put on myself"
    every = f"All of these have the label {code(pattern.common, 60)}"
    if not pattern.others:
        return f"{every}, but so has every issue that was closed on evidence yet, so it tells nothing apart"
    return f"{every}, but so has at least half of the others that were closed, so it tells nothing apart"


def _left_out(what: Proposed) -> str:
    if not what.left_out:
        return ""
    items = "\n".join(f"- {code(one.id)} ({code(one.kind)}): {prose(one.title, 200)}" for one in what.left_out)
    return (
        "**To do: left out**, since this repository's policy does not ask it today, or in more than one way, and I make"
        f" nothing up. Write it in if it is to hold:\n{items}"
    )


def proposed(profile: str, criteria: tuple[int, int], number: int, url: str) -> str:
    """The answer once it is proposed; so many `criteria` are asked, and so many left out."""
    asked, out = (count(many, "criterion", "criteria") for many in criteria)
    less = f"; {out} left out, which it names" if criteria[1] else ""
    return f"### 📚 Proposed as a profile: {link(f'#{number}', url)}\n\n{code(profile)} asks {asked}{less}."


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


def asked_already(profile: str | None) -> str:
    """A profile asks exactly this, or (None) the policy itself."""
    if profile is None:
        return (
            "😕 The policy asks exactly these criteria already, of every issue that no profile is chosen for, so I"
            " propose nothing."
        )
    ask = code(f"/assess-resolution {profile}")
    return f"😕 The profile {code(profile)} asks exactly these criteria already, so I propose nothing. {ask} asks it."


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
