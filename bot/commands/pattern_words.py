"""What stands behind `/resolution patterns` and `/resolution promote`, read. Pure: words in, a value out."""

from dataclasses import dataclass

from bot.assessment.promotion import PROFILE
from bot.commands.audit_words import Wrong
from bot.config.profiles import RESERVED

LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Show what closed issues like this one; with `words`, issues that have them."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promote:
    """Propose a pattern as a profile of the policy; None: by the pattern's name."""

    pattern: str
    profile: str | None = None


Recall = Patterns | Promote


def read_patterns(words: tuple[str, ...]) -> Patterns | Wrong:
    """The command, of the words behind it."""
    text = " ".join(words)
    if len(text) > LONGEST:
        return Wrong(at=len(words), message=f"the words are longer than {LONGEST} characters", hint=_FEW)
    return Patterns(words=text)


def read_promote(words: tuple[str, ...]) -> Promote | Wrong:
    """The command, of the words behind it. `as` may stand before the profile's name."""
    if not words:
        return Wrong(at=0, message="`promote` needs a pattern's name", hint="/resolution patterns names them")
    pattern, *rest = words
    at = 2 if rest[:1] == ["as"] and len(rest) > 1 else 1
    if len(words) > at + 1:
        return Wrong(at=at + 1, message=f"I don't know what to do with `{words[at + 1][:60]}`")
    if len(words) == 1:
        return Promote(pattern=pattern[:LONGEST])
    profile = words[at].lower()
    if not PROFILE.match(profile) or profile in RESERVED:
        return Wrong(at=at, message=f"`{profile[:60]}` cannot be a profile's name here", hint=_NAMES)
    return Promote(pattern=pattern[:LONGEST], profile=profile)


_FEW = "name the few that matter"
_NAMES = "a name has up to 40 letters, digits, - and _"
