"""Do several HTTP steps work one after the other, values of one passed on to the next: log in, ask, get an answer?

Every step is one exchange through the egress guard. There is no cookie jar: a cookie that is wanted later is captured
by its name and sent as a header. A journey is walked now: of the time before the fix nothing can be asked.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import Field, JsonValue, StringConstraints, model_validator

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.egress.exchange import Deadline, EgressError, Postponed, Request, Response, Unsendable
from bot.egress.rules import MAX_SENT, credential_fault, origin_of, url_fault
from bot.probes.answers import AnswerParams, Judged, judge
from bot.probes.captures import (
    NAME,
    CaptureParams,
    Uncaught,
    captured,
    filled,
    filled_body,
    header_template_fault,
    names_in,
    names_in_body,
    stand_in,
    template_fault,
    veiled,
)
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.places import counted, listed
from bot.probes.reach import milliseconds, unanswered
from bot.probes.sampling import LONGEST, ConfirmParams, Kind, Pause, Taken, confirmed, kind_for, kind_of

MOST_BODY = 8 << 10
JSON_BODY = "application/json"
FORM_BODY = "application/x-www-form-urlencoded"


class _SentParams(Params):
    name: str = Field(min_length=1, max_length=60, pattern=r"^[^\n]*$", description="What it does: `log in`.")
    url: str = Field(description="What is asked; http or https, on a public address. `{token}` may stand in its path.")
    method: Literal["GET", "POST", "HEAD"] = Field(default="GET", description="How.")
    headers: dict[str, str] = Field(
        default_factory=dict, max_length=10, description="Headers to send, `{token}` filled in."
    )
    body: dict[str, JsonValue] | None = Field(default=None, description="A JSON body, `{token}` filled into its texts.")
    form: dict[str, str] | None = Field(
        default=None, max_length=50, description="A form's fields, `{token}` filled into their values."
    )
    secret: str | None = Field(default=None, min_length=1, max_length=64, description="An operator's secret to send.")
    timeout: float = Field(default=10.0, gt=0, le=60, description="Seconds after which no answer is waited for.")
    follow: bool = Field(default=True, description="`false`: a redirect is the answer.")


class StepParams(AnswerParams, _SentParams):
    """One step: what is asked, what must be true of the answer, and what is kept of it."""

    capture: dict[Annotated[str, StringConstraints(pattern=NAME)], CaptureParams] = Field(
        default_factory=dict, max_length=10, description="What later steps may fill in, by the names that they use."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "StepParams":
        wants_body = self.reads_body or any(one.reads_body for one in self.capture.values())
        if self.method == "HEAD" and wants_body:
            raise ValueError("an answer to HEAD has no body: ask with GET")
        if self.body is not None and self.form is not None:
            raise ValueError("`body` and `form` are two bodies: choose one")
        if self.method != "POST" and (self.body is not None or self.form is not None):
            raise ValueError("only POST has a body: add `method: POST`")
        if len(json.dumps([self.body, self.form])) > MOST_BODY:
            raise ValueError(f"a body may have {MOST_BODY:,} characters")
        return self

    @property
    def patterns(self) -> tuple[str, ...]:
        """The RE2 patterns that are matched, those of its captures among them."""
        own = tuple(one.pattern for one in self.capture.values() if one.pattern is not None)
        return (*super().patterns, *own)

    def wants(self, known: tuple[str, ...]) -> frozenset[str]:
        """The captured values that it sends."""
        heads = frozenset(name for value in self.headers.values() for name in names_in(value))
        return names_in(self.url) | heads | names_in_body([self.body, dict(self.form or {})], known)

    def fault(self, known: tuple[str, ...]) -> str | None:
        """What is wrong with what it sends, where these values are known by then; None where nothing is."""
        faults = (
            template_fault(self.url, known),
            *(header_template_fault(name, value, known) for name, value in self.headers.items()),
        )
        return next(filter(None, faults), None)


class JourneyParams(Params):
    """The steps, and how long they may take."""

    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    steps: Annotated[tuple[StepParams, ...], Field(min_length=2, max_length=10, strict=False)] = Field(
        description="The steps in their order. Each has a `name` and a `url`; `method` (GET, POST, HEAD), `headers`, "
        "`body` (JSON) or `form`, `secret`, `timeout`, `follow: false`; what must be true of its answer as for `http` "
        "(`status`, `answer_headers`, `contains`, `json`, `max_latency`); and `capture`: names for values of its "
        "answer (`json`, `header`, `cookie`, or `pattern` with one group), which later steps to the same origin send "
        "as `{name}`."
    )
    max_total: float = Field(default=15.0, gt=0, le=90, description="Seconds that all steps together may take.")
    confirm: ConfirmParams | None = Field(
        default=None,
        description="Walk it again: `passes` in a row are needed, of at most `of`, `interval` seconds apart; "
        "a mix is flaky.",
    )

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "JourneyParams":
        origins: dict[str, tuple[str, str, int]] = {}
        for number, step in enumerate(self.steps, 1):
            place = f"step {number} ({step.name})"
            if fault := step.fault(tuple(origins)):
                raise ValueError(f"{place}: {fault}")
            origin = origin_of(stand_in(step.url))
            if stray := sorted(name for name in step.wants(tuple(origins)) if origins[name] != origin):
                raise ValueError(f"{place}: `{{{stray[0]}}}` is sent to the origin that it came from alone")
            if twice := sorted(step.capture.keys() & origins.keys()):
                raise ValueError(f"{place}: `{twice[0]}` is captured already: choose another name")
            origins.update(dict.fromkeys(step.capture, origin))
        lasts = self.confirm.lasts(self.max_total) if self.confirm is not None else 0
        if lasts > LONGEST:
            raise ValueError(f"this may take {lasts:g} s, and {LONGEST:g} s is the most: lower `max_total`")
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        hosts = tuple(dict.fromkeys(f"`{urlsplit(stand_in(step.url)).hostname}`" for step in self.steps))
        return Aim(whom=f"the {'host' if len(hosts) == 1 else 'hosts'} {listed(hosts)}")

    @property
    def takes_long(self) -> bool:
        """Walking again and again takes its time."""
        return self.confirm is not None


class _Unfillable(Exception):
    """What an earlier answer gave cannot be sent; the text says why, without the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """Why the walk ended at a step. `text` is ours, and `said` holds what the answer made us say."""

    outcome: Outcome
    reason: Reason
    text: str
    said: str = ""
    kind: Kind | None = None
    remedy: str | None = None


@dataclass(slots=True)
class _Walk:
    """How far one walk has come."""

    params: JourneyParams
    context: Context
    values: dict[str, str] = field(default_factory=dict)
    spent: timedelta = timedelta()
    done: list[str] = field(default_factory=list)

    async def taken(self) -> Taken:
        """One walk, to its end or to the step that does not work."""
        for step in self.params.steps:
            if end := await self._step(step):
                return self._ended(step, end)
        steps = self.params.steps
        evidence = self._evidence(
            _End(outcome=Outcome.PASS, reason=Reason.HOLDS, text=""),
            expected=f"{counted(len(steps), 'step')}, one after the other: {', '.join(step.name for step in steps)}",
            observed=f"{counted(len(steps), 'step')} in {milliseconds(self.spent)}",
        )
        return Taken(evidence=evidence, kind=Kind.PASSED, cause="", seconds=self.spent.total_seconds())

    async def _step(self, step: StepParams) -> _End | None:
        """Takes one step; None where it worked."""
        total = timedelta(seconds=self.params.max_total)
        within = min(timedelta(seconds=step.timeout), total - self.spent)
        try:
            response = await self.context.network.fetch(_request(step, self.values, within))
        except _Unfillable as fault:
            return _End(outcome=Outcome.ERROR, reason=Reason.TOO_LARGE, text=str(fault), kind=Kind.NOT_ASKED)
        except EgressError as error:
            late = isinstance(error, Deadline) and not isinstance(error, Postponed)
            is_over = late and within < timedelta(seconds=step.timeout)
            return _too_late(self.params.max_total) if is_over else self._unanswered(step, error)
        self.spent += response.elapsed
        judged = await judge(response, step, step.url)
        # In a thread, as the answer's conditions are held against it: patterns and long bodies take their time.
        problem = await asyncio.to_thread(self._keep, response, step) if step.capture else None
        if end := _answer_end(judged) or problem:
            return end
        self.done.append(judged.text)
        return _too_late(self.params.max_total) if self.spent > total else None

    def _keep(self, response: Response, step: StepParams) -> _End | None:
        """Keeps what is captured; a value that is missing ends the walk, after all others were found."""
        problem: _End | None = None
        for name, wanted in step.capture.items():
            try:
                value = captured(response, wanted)
            except Uncaught as fault:
                self.values[name] = fault.value  # it is not sent, but it is not said either
                reason = Reason.TOO_LARGE if fault.is_long else Reason.NOT_LOOKED_AT
                text = f"{wanted.words} cannot be passed on as `{name}`: {fault}"
                problem = problem or _End(outcome=Outcome.ERROR, reason=reason, text=text)
                continue
            if value is None:
                text = f"{response.status}, but nothing stands at {wanted.words} to be captured as `{name}`"
                problem = problem or _End(outcome=Outcome.FAIL, reason=Reason.DOES_NOT_HOLD, text=text)
            else:
                self.values[name] = value
        if step.capture and origin_of(response.url) != origin_of(stand_in(step.url)):
            # Whatever stands there, it did not come from where it would be sent to.
            text = f"{response.status}, but redirected to another origin: nothing is captured there"
            return _End(outcome=Outcome.FAIL, reason=Reason.DOES_NOT_HOLD, text=text)
        return problem

    def _unanswered(self, step: StepParams, error: EgressError) -> _End:
        found = unanswered(error, expected=step.name, source=_source(self.params, self.context))
        kind = Kind.FAULTY if isinstance(error, Unsendable) else kind_of(error)
        return _End(
            outcome=found.outcome, reason=found.reason, text="", said=str(error), kind=kind, remedy=found.remedy
        )

    def _ended(self, step: StepParams, end: _End) -> Taken:
        place = f"step {self.params.steps.index(step) + 1} of {len(self.params.steps)} ({step.name})"
        evidence = self._evidence(
            end,
            expected=f"{place}: {step.method} answers {step.words}; all steps within {self.params.max_total:g} s",
            observed=f"{place}: {end.text}{veiled(end.said, self.values)}",
        )
        kind = end.kind or kind_for(end.outcome)
        return Taken(evidence=evidence, kind=kind, cause=evidence.observed, seconds=self.spent.total_seconds())

    def _evidence(self, end: _End, *, expected: str, observed: str) -> Evidence:
        pairs = zip(self.params.steps, self.done, strict=False)
        details = tuple(
            Detail(text=f"{number}. {step.name}: {veiled(text, self.values)}")
            for number, (step, text) in enumerate(pairs, 1)
        )
        return Evidence(
            outcome=end.outcome,
            reason=end.reason,
            expected=expected,
            observed=observed,
            source=_source(self.params, self.context),
            details=details,
            remedy=end.remedy,
            measures=(
                Measure(name="latency", value=self.spent.total_seconds(), unit="s"),
                Measure(name="steps", value=len(self.done), unit="steps"),
            ),
        )


def _too_late(seconds: float) -> _End:
    return _End(outcome=Outcome.FAIL, reason=Reason.DOES_NOT_HOLD, text=f"all steps so far took over {seconds:g} s")


def _answer_end(judged: Judged) -> _End | None:
    """What an answer that is not as wanted makes of the walk."""
    if judged.holds:
        return None
    if judged.cut:
        return _End(outcome=Outcome.ERROR, reason=Reason.TOO_LARGE, text="", said=judged.text)
    return _End(outcome=Outcome.FAIL, reason=Reason.DOES_NOT_HOLD, text="", said=judged.text)


def _request(step: StepParams, values: Mapping[str, str], within: timedelta) -> Request:
    """The step's question with everything filled in; raises `_Unfillable` where that cannot be sent."""
    url = filled(step.url, values, in_url=True)
    heads = tuple((name, filled(value, values), bool(names_in(value))) for name, value in step.headers.items())
    content = _content(step, values)
    faults = (url_fault(url), *(credential_fault(name, value) for name, value, is_given in heads if is_given))
    if any(faults) or len(content or b"") > MAX_SENT:
        raise _Unfillable("what earlier steps gave is too long to be sent")
    return Request(
        url=url,
        method=step.method,
        headers=tuple((name, value) for name, value, is_given in heads if not is_given),
        credentials=tuple((name, value) for name, value, is_given in heads if is_given),
        timeout=within,
        body=content,
        content_type=None if content is None else FORM_BODY if step.form is not None else JSON_BODY,
        secrets=(step.secret,) if step.secret is not None else (),
        follow=step.follow,
    )


def _content(step: StepParams, values: Mapping[str, str]) -> bytes | None:
    if step.form is not None:
        return urlencode({name: filled(value, values) for name, value in step.form.items()}).encode("ascii")
    if step.body is not None:
        return json.dumps(filled_body(step.body, values)).encode("ascii")
    return None


def _source(params: JourneyParams, context: Context) -> Source:
    """Where it begins: nothing is filled in there."""
    first = params.steps[0].url
    return Source(url=first, place=urlsplit(first).netloc, sha=None, fetched_at=context.now)


def _secret_fault(params: JourneyParams, context: Context) -> str | None:
    for number, step in enumerate(params.steps, 1):
        url = stand_in(step.url)
        fault = context.network.secret_fault(step.secret, url) if step.secret is not None else None
        if fault:
            return f"step {number} of {len(params.steps)} ({step.name}): {fault}"
    return None


@dataclass(frozen=True, slots=True)
class JourneyProbe:
    """Several steps, one after the other. `pause` waits between two walks."""

    kind: str = "journey"
    params: type[Params] = JourneyParams
    # The longest plan, and the way out's own pacing.
    limit: timedelta = timedelta(seconds=LONGEST + 35)
    slow: bool = False
    heavy: bool = True
    manual: Manual = Manual(
        question="Do several HTTP steps work one after the other, with values passed on?",
        example=(
            "- id: ask\n  title: One can log in and get an answer\n  journey:\n    steps:\n"
            "      - name: log in\n        url: https://api.example.com/login\n        method: POST\n"
            "        body: {user: probe}\n        secret: probe-login\n        capture: {token: {json: data.token}}\n"
            "      - name: ask\n        url: https://api.example.com/ask?q=ping\n"
            "        headers: {Authorization: 'Bearer {token}'}\n        json: {at: answer, matches: pong}\n"
        ),
        outcomes=(
            (Outcome.PASS, "Every step answers as it should."),
            (Outcome.FAIL, "A step answers otherwise, or all steps together take too long; the step is named."),
            (Outcome.FLAKY, "With `confirm`: some walks came to their end, and others did not."),
            (
                Outcome.ERROR,
                "A step could not be taken: not reachable from this server, no answer in time, broken TLS or HTTP.",
            ),
            (Outcome.MISCONFIGURED, "A URL is one that this server never asks, or a secret may not go there."),
        ),
    )
    pause: Pause = field(default=asyncio.sleep)

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one walk, or about several."""
        params = question.params
        assert isinstance(params, JourneyParams)
        if fault := _secret_fault(params, context):
            return Evidence(
                outcome=Outcome.MISCONFIGURED,
                reason=Reason.BAD_QUESTION,
                expected=question.criterion.title,
                observed=fault,
                source=_source(params, context),
                remedy="Ask the operator of this server for a secret that may be sent there.",
            )

        async def once() -> Taken:
            return await _Walk(params, context).taken()

        return await confirmed(once, params.confirm, self.pause) if params.confirm else (await once()).evidence


PROBE = JourneyProbe()
