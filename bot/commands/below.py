"""What stands below the text of an answer of ours, and stays there when that text is written anew. Pure.

Rules:
1. It is all below the text's last line: more that was asked for, and our mark, which ends it.
2. A line that leads to what was found since stays as well. It stands where looks had been promised, in the text itself.
"""

from bot.assessment.regression import is_pointer


def below(body: str, footer: str | None) -> str:
    """What stays below; `footer` is the last line of the answer's text, None where that is not known."""
    above, _, rest = body.rpartition(footer) if footer and footer in body else body.rstrip().rpartition("\n")
    return "\n\n".join((*(part for part in above.split("\n\n") if is_pointer(part)), rest.strip()))
