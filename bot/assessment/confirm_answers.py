"""What is said to whoever confirms a fix, or takes that back. Markdown to be posted; foreign text is escaped here."""

from bot.assessment.markdown import code, mention, quote
from bot.assessment.wording import listing

_COMMAND = "/assess-resolution"
_CONFIRM = "/confirm-fixed"
_TAKE_BACK = "/resolution unconfirm"
_SHOWN = 5


def counts_next(by: str, criteria: tuple[str, ...], *, close_role: str) -> str:
    """Nothing waits for it, and the next assessment counts it."""
    return (
        f"✍️ Noted, {mention(by)}: the next assessment here counts it for {_names(criteria)}. Whoever has"
        f" **{close_role}** asks with {code(_COMMAND)}; {code(_TAKE_BACK)} takes it back."
    )


def held_back(by: str, criteria: tuple[str, ...], words: str, *, waits: bool, closed: bool) -> str:
    """His words take some of it back: which, and what he can do. `waits`: a confirmation is waited for."""
    text = (
        f"✍️ {mention(by)}, that does not count as a confirmation for {_names(criteria)}: you hold something back, as I"
        f" read {quote(words, 120)}.{' I go on waiting.' if waits else ''} If it is fixed for all that, say so with"
        f" {code(_CONFIRM)} alone in a new comment; if not, whoever has the right to close reads what you wrote."
    )
    return f"{text} If I closed this issue, {code('/reopen <why>')} opens it again." if closed else text


def reporters_alone(by: str, criteria: tuple[str, ...]) -> str:
    """The policy asks the reporter alone, who somebody else is."""
    return f"✍️ Noted, {mention(by)}; {_names(criteria)} asks the reporter's word alone, so yours decides nothing here."


def nothing_asks(by: str) -> str:
    """No criterion asks for a confirmation."""
    return (
        f"✍️ Noted, {mention(by)}; the policy has no criterion {code('confirmation')} here, so no assessment counts it:"
        " people read it."
    )


def closed_already(by: str, criteria: tuple[str, ...]) -> str:
    """The issue is closed, and nothing waits for it; `criteria` would count it."""
    counts = f" A later assessment counts it for {_names(criteria)}." if criteria else ""
    return (
        f"✍️ Noted, {mention(by)}: this issue is closed already, and nothing here waits for it.{counts}"
        f" Should it come back, {code('/reopen <why>')} opens the issue again if I closed it."
    )


def taken_back(by: str, *, waits: bool, closed: bool, had: bool = True) -> str:
    """What he had confirmed does not count any more; or, unless he `had`, that there was nothing."""
    text = (
        f"✍️ {mention(by)} took back every confirmation of theirs here: no assessment counts it any more."
        if had
        else f"✍️ {mention(by)}, there is no confirmation of yours here that still counts: nothing was taken back."
    )
    if closed:
        return f"{text} The issue stays closed; {code('/reopen <why>')} opens it again if I closed it."
    if waits:
        return f"{text} I go on waiting for a confirmation."
    return f"{text} {code('/confirm-fixed')} confirms{' anew' if had else ''}."


def _names(criteria: tuple[str, ...]) -> str:
    return listing([code(one, 80) for one in criteria[:_SHOWN]])
