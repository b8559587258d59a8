"""Has somebody confirmed that it is fixed: by `/confirm-fixed`, or by 👍 on this app's answer?

Rules:
1. Only what was said since the newest commit of the fix was merged, and since the issue was last reopened, counts.
2. The reporter's newest word is his word: 👎 on the answer contradicts, whoever else confirms.
3. A comment that somebody else has edited is nobody's word, and bots confirm nothing.
4. Whoever takes his confirmation back has said nothing until then, but for 👎; it is waited for anew.
5. Who confirms and holds something back ("but the export still fails") has not confirmed; see `bot.probes.words`. It is
   waited for further, and the evidence links his comment.
6. The time runs from this app's first answer since then, in which it asks for the confirmation. A late one counts too.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from bot.assessment import topics
from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Source, Wait
from bot.assessment.marker import MarkKind, kind_of
from bot.assessment.openlines import CONFIRM_FIXED, UNCONFIRM
from bot.assessment.policy import at_least
from bot.assessment.spans import span_of
from bot.assessment.wording import moment
from bot.github.models import Comment, EventKind, Pull, Unknown
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.lasting import HOUR, Lasting
from bot.probes.places import at_issue, counted, listed, not_told
from bot.probes.words import Word, confirmations, gives, is_own, set_aside_by

MOST_ROLES = 5
_WAYS = f"`/{CONFIRM_FIXED}` in a comment, or 👍 on this app's answer"
_WITHOUT = ", holding nothing back"
_WAYS_HERE = f"`/{CONFIRM_FIXED}` in a comment or 👍 here, 👎 if it is not fixed"


class By(StrEnum):
    """Whose confirmation counts."""

    REPORTER = "reporter"
    TRIAGE = "triage"


class ConfirmationParams(Params):
    """Who confirms, and how long that is waited for."""

    shorthand: ClassVar[str] = "by"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = False

    by: By = Field(
        default=By.REPORTER,
        strict=False,
        description="`reporter`: the issue's author; `triage`: also anybody who may triage here.",
    )
    within: Annotated[str, Lasting(least=HOUR, most=timedelta(days=90))] = Field(
        default="14d",
        description="How long it is waited for, such as 48h or 14d: at least 1h and at most 90d; from this app's first "
        "answer since the fix was merged.",
    )

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom="the reporter" if self.by is By.REPORTER else "the reporter, or others who may confirm")

    @property
    def patience(self) -> timedelta:
        """How long it is waited for."""
        return span_of(self.within)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Since:
    """From when on words count; `words` name that moment."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What was said, oldest first, and why something of it does not count; `held`: what holds something back."""

    words: tuple[Word, ...]
    ignored: tuple[str, ...] = ()
    held: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The question with everything that its answers share."""

    question: Question
    context: Context
    params: ConfirmationParams
    comments: tuple[Comment, ...]
    reporter: str | None  # None where nobody is there to ask: the account is gone, or a bot's

    @property
    def whom(self) -> str:
        """Who is asked, in words."""
        somebody = f"somebody with {self.context.confirm_role}"
        if self.reporter is None:
            return somebody
        return self.reporter if self.params.by is By.REPORTER else f"{self.reporter}, or {somebody},"

    @property
    def expected(self) -> str:
        """What is asked, in words."""
        return f"{self.whom.rstrip(',')} confirms the fix"

    @property
    def source(self) -> Source:
        """Where it was looked."""
        return at_issue(self.context, "this issue's comments")

    def when(self, at: datetime) -> str:
        """A moment in words."""
        return moment(at, seen_from=self.context.now)


async def _ask(question: Question, context: Context) -> Evidence:
    params, issue = question.params, context.snapshot.issue
    assert isinstance(params, ConfirmationParams)
    person = issue.author is not None and not issue.author.is_bot
    asked = _Asked(
        question=question,
        context=context,
        params=params,
        comments=() if isinstance(issue.comments, Unknown) else issue.comments,
        reporter=issue.author.login if issue.author is not None and person else None,
    )
    if isinstance(issue.comments, Unknown):
        return not_told(issue.comments, expected=asked.expected, source=asked.source)
    if asked.reporter is None and params.by is By.REPORTER:
        return _nobody(asked)
    since = await _since(context)
    heard = await _heard(asked, since)
    for word in reversed(heard.words):
        if word.login == asked.reporter:
            return _confirmed(asked, word) if word.confirms else _contradicted(asked, word)
    return _confirmed(asked, heard.words[-1]) if heard.words else _open(asked, since, heard)


async def _since(context: Context) -> _Since:
    """When the fix was complete, or the issue reopened after that; where neither is known, when it was opened."""
    issue = context.snapshot.issue
    known = [_Since(at=issue.created_at, words="this issue was opened")]
    for sha in context.fix.commits:
        pull = next((pull for pull in _pulls(context) if pull.merge_commit == sha), None)
        if pull is not None and pull.merged_at is not None:
            known.append(_Since(at=pull.merged_at, words="the fix was merged"))
        elif (commit := await context.reader.commit(sha)) is not None:
            known.append(_Since(at=commit.committed_at, words="the fix was committed"))
    if not isinstance(issue.timeline, Unknown):
        reopened = (event.at for event in issue.timeline if event.kind is EventKind.REOPENED)
        known += [_Since(at=at, words="this issue was reopened") for at in reopened]
    return max(known, key=lambda one: one.at)


def _pulls(context: Context) -> tuple[Pull, ...]:
    pulls = context.snapshot.issue.closing_pulls
    return () if isinstance(pulls, Unknown) else pulls


async def _heard(asked: _Asked, since: _Since) -> _Heard:
    """Whose words count, and why the others do not."""
    said = _standing(asked, (*confirmations(asked.comments), *await _reacted(asked)))
    reporter, words, ignored = asked.reporter, [], list(said.ignored)
    for word in sorted(said.words, key=lambda word: word.at):
        theirs = word.login == reporter
        if word.at < since.at and word.confirms and (theirs or asked.params.by is By.TRIAGE):
            ignored.append(f"{word.login} confirmed at {asked.when(word.at)}, before {since.words}")
        elif word.at >= since.at and (theirs or word.confirms):
            words.append(word)
    kept = _unreserved(asked, words)
    ignored += kept.ignored
    own = [word for word in kept.words if word.login == reporter]
    others = [word for word in kept.words if word.login != reporter]
    if own or not others:
        return _Heard(words=tuple(own), ignored=tuple(ignored), held=kept.held)
    if asked.params.by is By.REPORTER:
        names = listed(tuple(dict.fromkeys(word.login for word in others)))
        return _Heard(words=(), ignored=(*ignored, f"{names} confirmed, and is not the reporter"), held=kept.held)
    return replace(await _with_role(asked, others, ignored), held=kept.held)


def _unreserved(asked: _Asked, words: list[Word]) -> _Heard:
    """What was said without a reservation, by who was asked, and was not set aside by one."""
    triage = asked.params.by is By.TRIAGE
    held = tuple(word for word in words if word.reserves and (triage or word.login == asked.reporter))
    by = {word: set_aside_by(word, held, asked.reporter) for word in words}
    told = (
        f"{word.login} confirmed at {asked.when(word.at)}, before {one.login} held something back"
        for word, one in by.items()
        if one is not None and word not in held
    )
    return _Heard(words=tuple(word for word, one in by.items() if one is None), ignored=tuple(told), held=held)


def _standing(asked: _Asked, words: tuple[Word, ...]) -> _Heard:
    """What was said and not taken back."""
    taken = {
        comment.author.login: comment
        for comment in asked.comments
        if comment.author is not None and gives(comment, UNCONFIRM) and is_own(comment)
    }
    back = [word for word in words if word.confirms and word.login in taken and word.at <= taken[word.login].created_at]
    told = (f"{word.login} confirmed at {asked.when(word.at)}, and took it back" for word in back)
    return _Heard(words=tuple(word for word in words if word not in back), ignored=(*_edited(asked), *told))


async def _with_role(asked: _Asked, others: list[Word], ignored: list[str]) -> _Heard:
    """The newest word of somebody with the role; the newest few are asked for theirs."""
    for login in list(dict.fromkeys(word.login for word in reversed(others)))[:MOST_ROLES]:
        role = await asked.context.reader.role(login)
        if at_least(role, asked.context.confirm_role):
            return _Heard(words=tuple(word for word in others if word.login == login))
        ignored.append(f"{login} confirmed, and has no {asked.context.confirm_role} here")
    return _Heard(words=(), ignored=tuple(ignored))


def _edited(asked: _Asked) -> tuple[str, ...]:
    return tuple(
        f"a comment by {comment.author.login} was edited by {comment.editor.login}"
        for comment in asked.comments
        if comment.author is not None
        and comment.editor is not None
        and gives(comment, CONFIRM_FIXED)
        and not is_own(comment)
    )


def _answers(asked: _Asked) -> tuple[Comment, ...]:
    """This app's answers that still stand, oldest first."""
    own = (one for one in asked.comments if one.by_us and not one.is_minimized)
    return tuple(one for one in own if kind_of(one.body) is MarkKind.ASSESSMENT)


async def _reacted(asked: _Asked) -> tuple[Word, ...]:
    """The reactions to the newest answer."""
    answers = _answers(asked)
    if not answers:
        return ()
    return tuple(
        Word(
            login=vote.login,
            confirms=vote.up,
            at=vote.at,
            how=f"reacted with {'👍' if vote.up else '👎'} to this app's answer",
            url=answers[-1].url,
        )
        for vote in await asked.context.reader.votes(answers[-1].node_id)
    )


def _confirmed(asked: _Asked, word: Word) -> Evidence:
    """Who wrote the fix and confirms it says no more than that he wrote it."""
    fixers = {pull.author.login for pull in _pulls(asked.context) if pull.author is not None}
    own = word.login in fixers
    observed = f"{word.login} {word.how} at {asked.when(word.at)}"
    return Evidence(
        outcome=Outcome.PASS,
        reason=Reason.HOLDS,
        expected=asked.expected,
        observed=f"{observed}, and wrote the fix" if own else observed,
        source=asked.source,
        decisive=not own,
        details=(Detail(text=observed, url=word.url),),
    )


def _contradicted(asked: _Asked, word: Word) -> Evidence:
    observed = f"{word.login} {word.how} at {asked.when(word.at)}"
    return Evidence(
        outcome=Outcome.FAIL,
        reason=Reason.DOES_NOT_HOLD,
        expected=asked.expected,
        observed=observed,
        source=asked.source,
        details=(Detail(text=observed, url=word.url),),
        remedy=f"Ask {word.login} what still fails; a later `/{CONFIRM_FIXED}` by {word.login} settles it.",
    )


def _open(asked: _Asked, since: _Since, heard: _Heard) -> Evidence:
    """Nobody has said anything that counts: it is waited for, unless the time is over."""
    context = asked.context
    first = next((one.created_at for one in _answers(asked) if one.created_at >= since.at), context.now)
    until = context.promised.get(asked.question.criterion.id, first + asked.params.patience)
    over = context.now >= until
    observed = f"not confirmed since {since.words} at {asked.when(since.at)}{_unread(asked, since)}"
    if over:
        observed += f", though {asked.params.within} were given"
    held = tuple(Detail(text=_held_back(asked, word), url=word.url) for word in heard.held)
    ignored = (*heard.ignored, *(one.text for one in held))
    issue = context.snapshot
    topic = topics.confirmed(issue.repository.id, issue.issue.number)
    wait = Wait(
        topics=(topic,),
        what=f"{asked.whom} to confirm the fix{_WITHOUT if held else ''} ({_WAYS_HERE})",
        until=until,
        whom=asked.whom.rstrip(","),
    )
    return Evidence(
        outcome=Outcome.MISSING if over else Outcome.PENDING,
        reason=Reason.NOTHING_TO_MEASURE if over else Reason.STILL_RUNNING,
        expected=asked.expected,
        observed="; ".join((observed, *(f"{one}: that does not count" for one in ignored[-3:]))),
        source=asked.source,
        details=held,
        remedy=f"{asked.whom} says whether it is fixed: {_WAYS}; 👎 there if it is not.",
        waits_for=None if over else wait,
    )


def _held_back(asked: _Asked, word: Word) -> str:
    return f'{word.login} confirmed at {asked.when(word.at)}, and held something back ("{word.reserves}")'


def _unread(asked: _Asked, since: _Since) -> str:
    """Where not all comments since then were read, that is said."""
    total, read = asked.context.snapshot.issue.comment_total, asked.comments
    if total <= len(read) or (read and read[0].created_at < since.at):
        return ""
    return f" in the newest {len(read)} of {counted(total, 'comment')}"


def _nobody(asked: _Asked) -> Evidence:
    author = asked.context.snapshot.issue.author
    who = "the reporter's account is gone" if author is None else f"the reporter, `{author.login}`, is a bot"
    return Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected="the reporter confirms the fix",
        observed=f"{who}, so nobody is there to confirm it",
        source=asked.source,
        remedy="Write `by: triage`, so that somebody with triage can confirm it.",
    )


_MANUAL = Manual(
    question=f"Has the reporter confirmed since the fix that it is fixed: `/{CONFIRM_FIXED}`, or 👍 on this app's "
    "answer?",
    example="- id: confirmed\n  title: The reporter confirms it\n  confirmation: {by: reporter, within: 14d}\n",
    outcomes=(
        (
            Outcome.PASS,
            "Confirmed, and nothing held back, since the fix was merged and since the issue was last reopened.",
        ),
        (Outcome.FAIL, "The reporter's newest word is 👎 on this app's answer."),
        (
            Outcome.PENDING,
            'Not confirmed yet, or with something held back ("but the export fails"): it is asked for and waited for.',
        ),
        (Outcome.MISSING, "Not confirmed in time, or there is no reporter: a bot, or an account that is gone."),
        (Outcome.ERROR, "GitHub does not tell the comments."),
    ),
)


@dataclass(frozen=True, slots=True)
class ConfirmationProbe:
    """Somebody's word that it is fixed."""

    kind: str = "confirmation"
    params: type[Params] = ConfirmationParams
    limit: timedelta = timedelta(seconds=20)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about the confirmation."""
        return await _ask(question, context)


PROBE = ConfirmationProbe()
