"""What is said to whoever asks by `/reopen`, and what our answer says of it afterwards.

Each function but `as_done` and `is_open_again` returns Markdown to be posted; what comes from outside is escaped here.
"""

from bot.assessment.document import ActionKind, Done, Ending
from bot.assessment.history import Hand, Happened
from bot.assessment.markdown import code, link, mention, name, prose
from bot.assessment.policy import Role

_COMMAND = "/assess-resolution"
_OPEN_AGAIN = "↩️ "
_LONGEST = 300
_BY_HAND = "You can reopen it by hand, with GitHub's button."
_SAY_IT = "What still fails, say here in plain words: anyone with **triage** can reopen it."


def reopened(by: str, reason: str, *, answer: str | None, close_role: Role, dropped: tuple[str, ...] = ()) -> str:
    """It is open again: for whom, why, and how it is closed again. `answer` is the address of what had closed it."""
    quoted = _quoted(reason)
    told = f"{link('My answer', answer)} says so. " if answer else ""
    labels = f" GitHub did not set {', '.join(code(one, 60) for one in dropped)}." if dropped else ""
    return (
        f"{_OPEN_AGAIN}{mention(by)} reopened this issue through me{quoted}"
        f"\n\n{told}By myself I only advise here from now on. Whoever has **{close_role}** can ask again with"
        f" {code(_COMMAND)}, which closes it if the evidence carries it.{labels}"
    )


def objected(by: str, reason: str, *, close_role: Role) -> str:
    """It is open, and its closing was announced: that is called off."""
    return (
        f"{_OPEN_AGAIN}{mention(by)} objected to the closing that I had announced{_quoted(reason)}"
        f"\n\nIt is called off, and the issue stays open. By myself I only advise here from now on. Whoever has"
        f" **{close_role}** can ask again with {code(_COMMAND)}."
    )


def is_open_again(text: str) -> bool:
    """Does a reply of ours say that the issue is open again, or stays open, and what follows from that?"""
    return text.startswith(_OPEN_AGAIN)


def keeps_open(by: str, reason: str, *, close_role: Role) -> str:
    """It is open, and an answer waits that might have closed it: that does not do so over this word."""
    return (
        f"{_OPEN_AGAIN}{mention(by)} wants this issue kept open{_quoted(reason)}"
        f"\n\nIt is open, so there is nothing to reopen. The answer that waits here does not close it over your word."
        f" Whoever has **{close_role}** can ask again with {code(_COMMAND)}."
    )


def _quoted(reason: str) -> str:
    """The end of the first sentence: why, in the person's own words, or that they are wanted."""
    return f":\n\n> {prose(reason, _LONGEST)}" if reason.strip() else ". What still fails, say in a few words here."


def as_done(by: str, reason: str, *, url: str) -> Done:
    """The line about it in the assessment that had closed the issue. Plain text."""
    why = f": {reason.strip()}" if reason.strip() else ""
    text = f"reopened by {by} with /reopen{why}"
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
    return Done(action=ActionKind.REOPEN, ending=Ending.DONE, text=short, url=url)


def not_reopened(why: str) -> str:
    """The last look forbade it, or GitHub did."""
    return f"😕 I did not reopen this issue: {prose(why.rstrip('.'), 200)}."


def is_open() -> str:
    """There is nothing to open."""
    return "😕 This issue is open, so there is nothing to reopen. What still fails, say here in plain words."


def is_locked() -> str:
    """A locked issue is left as it is."""
    return "😕 This issue is locked, so I leave it closed. Somebody with **write** can unlock it; then ask again."


def closer_unknown(why: str) -> str:
    """GitHub did not tell who closed it."""
    return (
        f"😕 I could not read who closed this issue ({prose(why.rstrip('.'), 200)}), and reopen only what I closed"
        " myself. That is no refusal: ask again in a minute."
    )


def closed_by_another(closing: Happened | None, *, closed_as: str, login: str, has_role: bool) -> str:
    """Somebody else closed it, which I leave to people: who, and what the one who asks can do himself."""
    themselves = (
        closing is not None and closing.by is not None and not closing.by_itself and closing.by.lower() == login.lower()
    )
    instead = _BY_HAND if has_role or themselves else _SAY_IT
    by_what = "you" if themselves else _closer(closing)
    return f"😕 I reopen only what I closed myself: this issue was closed{_as(closed_as)} by {by_what}. {instead}"


def _as(closed_as: str) -> str:
    return "" if closed_as == "completed" else f" as {prose(closed_as.replace('_', ' '), 40)}"


def _closer(closing: Happened | None) -> str:
    if closing is None:
        return "somebody else"
    who = "somebody whose account is gone" if closing.by is None else name(closing.by)
    if closing.by_itself:
        return f"a merge or a push of {who}"
    return f"the bot {who}" if closing.hand is Hand.BOT else who
