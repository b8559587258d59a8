"""What stands behind `/resolution patterns`, read. Pure: words in, a value out."""

from dataclasses import dataclass

from bot.commands.audit_words import Wrong

LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Show what closed issues like this one; with `words`, issues that have them."""

    words: str = ""


def read_patterns(words: tuple[str, ...]) -> Patterns | Wrong:
    """The command, of the words behind it."""
    text = " ".join(words)
    if len(text) > LONGEST:
        return Wrong(at=len(words), message=f"the words are longer than {LONGEST} characters", hint=_FEW)
    return Patterns(words=text)


_FEW = "name the few that matter"
