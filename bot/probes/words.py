"""Whose own word a comment is, and what it says of the fix: that it is fixed, or that something is held back. Pure.

Rules:
1. A comment is a person's word where no bot wrote it, nobody hid it and nobody else has changed it.
2. A confirmation that holds something back confirms nothing (`bot.assessment.reservations`). It sets aside what its
   writer confirmed before it; the reporter's sets aside what others confirmed before it, who did not know of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.assessment.openlines import CONFIRM_FIXED, says
from bot.assessment.reservations import reservation
from bot.github.models import Comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody said, in a comment or by a reaction. `reserves` are his words that hold something back."""

    login: str
    confirms: bool
    at: datetime
    how: str
    url: str
    reserves: str = ""


def gives(comment: Comment, command: str) -> bool:
    """Does a person's comment give this command, whoever has changed it since?"""
    author = comment.author
    person = author is not None and not author.is_bot and not comment.by_us and not comment.is_minimized
    return person and says(comment.body, command)


def is_own(comment: Comment) -> bool:
    """Has nobody but its author changed it?"""
    return comment.editor is None or comment.editor == comment.author


def is_his(comment: Comment, login: str, command: str) -> bool:
    """Is it this person's own word, with this command?"""
    by = comment.author
    return by is not None and by.login.lower() == login.lower() and is_own(comment) and gives(comment, command)


def confirmations(comments: Iterable[Comment]) -> tuple[Word, ...]:
    """Everybody's own `/confirm-fixed`, those that hold something back among them."""
    return tuple(
        Word(
            login=comment.author.login,
            confirms=True,
            at=comment.created_at,
            how=f"commented `/{CONFIRM_FIXED}`",
            url=comment.url,
            reserves=reservation(comment.body),
        )
        for comment in comments
        if comment.author is not None and is_own(comment) and gives(comment, CONFIRM_FIXED)
    )


def set_aside_by(word: Word, held: Iterable[Word], reporter: str | None) -> Word | None:
    """Of the words that hold something back, one that sets this one aside; a reserved word sets itself aside."""
    if not word.confirms:
        return None
    return next((one for one in held if word.at <= one.at and one.login in {word.login, reporter}), None)
