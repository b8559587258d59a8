"""A line that is added to what we have written, or takes the place of what is true no longer. Pure."""

from bot.assessment.openlines import MAX_BODY
from bot.assessment.regression import LOOKS, STANDING


def with_line(body: str, line: str) -> str | None:
    """Our comment with one more line above its mark; None where it has it, or has no room. Pure."""
    said, _, marker = body.rstrip().rpartition("\n")
    if line in said or len(body) + len(line) + 4 > MAX_BODY:
        return None
    return f"{said.rstrip()}\n\n{line}\n\n{marker}"


def instead_of_looks(body: str, line: str) -> str | None:
    """Our comment with this line in the place of the one that promises looks, or says that there are no more. Pure.

    It is one more line where none says so. None where it is so already, or has no room.
    """
    parts = body.split("\n\n")
    said = [at for at, part in enumerate(parts) if _begins(part, STANDING)]
    if not said:
        return with_line(body, line)
    parts[said[0]] = line
    amended = "\n\n".join(part for at, part in enumerate(parts) if at not in said[1:])
    return None if amended == body or len(amended) > MAX_BODY else amended


def without_looks(text: str) -> str:
    """The same without the line that promises looks. Pure."""
    return "\n\n".join(part for part in text.split("\n\n") if not _begins(part, (LOOKS,)))


def _begins(part: str, words: tuple[str, ...]) -> bool:
    return part.startswith(words) and "\n" not in part
