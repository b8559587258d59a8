"""A line that is added to what we have written. Pure."""

from bot.assessment.openlines import MAX_BODY


def with_line(body: str, line: str) -> str | None:
    """Our comment with one more line above its mark; None where it has it, or has no room. Pure."""
    said, _, marker = body.rstrip().rpartition("\n")
    if line in said or len(body) + len(line) + 4 > MAX_BODY:
        return None
    return f"{said.rstrip()}\n\n{line}\n\n{marker}"
