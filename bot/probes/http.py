"""Does a URL answer as it should: status, headers, text, values in its JSON, latency; once, or so many times?

The question goes out through the egress guard. It is asked now: of the time before the fix nothing can be asked.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from bot.assessment.evidence import Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.egress.exchange import EgressError, Request, Response, Unsendable
from bot.egress.rules import header_fault, url_fault
from bot.probes.answers import AnswerParams, judge
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.reach import unanswered
from bot.probes.sampling import LONGEST, ConfirmParams, Kind, Pause, Plan, Taken, confirmed, kind_of, patient, sampled


class _AskedParams(Params):
    url: str = Field(description="What is asked; http or https, on a public address.")
    method: Literal["GET", "HEAD"] = Field(default="GET", description="How.")
    headers: dict[str, str] = Field(
        default_factory=dict, max_length=10, description="Headers to send; none that carry secrets."
    )
    secret: str | None = Field(
        default=None, min_length=1, max_length=64, description="An operator's secret to send, by its name."
    )
    timeout: float = Field(default=10.0, gt=0, le=30, description="Seconds after which no answer is waited for.")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        if fault := url_fault(url):
            raise ValueError(fault)
        return url

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        if fault := next(filter(None, (header_fault(name, value) for name, value in headers.items())), None):
            raise ValueError(fault)
        return headers


class HttpParams(AnswerParams, _AskedParams):
    """What is asked, and what must be true of the answer."""

    shorthand: ClassVar[str] = "url"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    samples: int | None = Field(default=None, ge=2, le=60, description="Ask so many times, and count.")
    every: float = Field(default=1.0, ge=1, le=50, description="With `samples`: seconds from one to the next.")
    availability: float = Field(
        default=100.0, gt=0, le=100, description="With `samples`: percent of them that must pass."
    )
    confirm: ConfirmParams | None = Field(
        default=None,
        description="Ask again: `passes` in a row are needed, of at most `of`, `interval` seconds apart; "
        "a mix is flaky.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "HttpParams":
        if self.method == "HEAD" and self.reads_body:
            raise ValueError("an answer to HEAD has no body: ask with GET for `contains` and `json`")
        if self.samples is not None and self.confirm is not None:
            raise ValueError("`samples` and `confirm` are two ways to ask again: choose one")
        if self.samples is None and self.model_fields_set & {"every", "availability"}:
            raise ValueError("`every` and `availability` go with `samples`")
        if self.lasts > LONGEST:
            raise ValueError(
                f"this may take {self.lasts:g} s, and {LONGEST:g} s is the most: ask less often, or lower `timeout`"
            )
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom=f"the host `{urlsplit(self.url).hostname}`")

    @property
    def lasts(self) -> float:
        """The most seconds that it takes."""
        if self.confirm is not None:
            return self.confirm.lasts(self.timeout)
        return self.timeout + ((self.samples - 1) * self.every if self.samples is not None else 0)

    @property
    def spare(self) -> float:
        """Seconds for which a measurement that our own pace puts off may be asked again."""
        # Samples wait side by side, and a confirmation's measurements one after the other. The rest is for the last
        # wait for an address, so that what was taken is not lost to the probe's own limit.
        return LONGEST - 10 - (self.timeout if self.confirm is None else self.lasts)

    @property
    def plan(self) -> Plan | None:
        """The samples to take, if it is to be sampled."""
        if self.samples is None:
            return None
        return Plan(samples=self.samples, every=self.every, share=self.availability / 100)

    @property
    def takes_long(self) -> bool:
        """Measuring again and again takes its time."""
        return self.samples is not None or self.confirm is not None


async def _measure(params: HttpParams, context: Context) -> Taken:
    """One measurement, whatever comes back."""
    request = Request(
        url=params.url,
        method=params.method,
        headers=tuple(params.headers.items()),
        timeout=timedelta(seconds=params.timeout),
        secrets=(params.secret,) if params.secret is not None else (),
    )
    try:
        response = await context.network.fetch(request)
    except EgressError as error:
        evidence = unanswered(error, expected=_expected(params), source=_source(params, context))
        kind = Kind.FAULTY if isinstance(error, Unsendable) else kind_of(error)
        return Taken(evidence=evidence, kind=kind, cause=str(error))
    return await _judged(response, params, context)


async def _judged(response: Response, params: HttpParams, context: Context) -> Taken:
    """The answer held against what is wanted; what could not be read to its end is an error, unless it fails anyway."""
    judged = await judge(response, params, params.url)
    outcome, reason, kind = Outcome.FAIL, Reason.DOES_NOT_HOLD, Kind.FAILED
    if judged.cut:
        outcome, reason, kind = Outcome.ERROR, Reason.TOO_LARGE, Kind.NOT_ASKED
    elif judged.holds:
        outcome, reason, kind = Outcome.PASS, Reason.HOLDS, Kind.PASSED
    seconds = response.elapsed.total_seconds()
    evidence = Evidence(
        outcome=outcome,
        reason=reason,
        expected=_expected(params),
        observed=judged.text,
        source=_source(params, context),
        measures=(Measure(name="latency", value=seconds, unit="s"),),
    )
    return Taken(evidence=evidence, kind=kind, cause=judged.cause or judged.text, seconds=seconds)


def _no_secret(fault: str, params: HttpParams, context: Context) -> Evidence:
    return Evidence(
        outcome=Outcome.MISCONFIGURED,
        reason=Reason.BAD_QUESTION,
        expected=_expected(params),
        observed=fault,
        source=_source(params, context),
        remedy="Ask the operator of this server for a secret that may be sent there.",
    )


def _expected(params: HttpParams) -> str:
    return f"{params.method} answers {params.words}"


def _source(params: HttpParams, context: Context) -> Source:
    return Source(url=params.url, place=urlsplit(params.url).netloc, sha=None, fetched_at=context.now)


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """A URL's answer. `pause` waits between two measurements."""

    kind: str = "http"
    params: type[Params] = HttpParams
    # The longest plan, and the way out's own pacing.
    limit: timedelta = timedelta(seconds=LONGEST + 35)
    slow: bool = False
    heavy: bool = True
    manual: Manual = Manual(
        question="Does a URL answer as it should?",
        example=(
            "- id: health\n  title: The API is healthy\n"
            "  http: {url: https://api.example.com/health, json: {at: status, equals: ok}, samples: 40, "
            "availability: 99}\n"
        ),
        outcomes=(
            (Outcome.PASS, "It answers, and everything asked is true of the answer; with `samples`, often enough."),
            (
                Outcome.FAIL,
                "It answers otherwise: another status, another value, too slowly; with `samples`, too often.",
            ),
            (Outcome.FLAKY, "With `confirm`: it held in some measurements and not in others."),
            (
                Outcome.ERROR,
                "It could not be asked: not reachable from this server, no answer in time, broken TLS or HTTP.",
            ),
            (
                Outcome.MISCONFIGURED,
                "The URL is one that this server never asks (its port, for instance), or the secret may not go there.",
            ),
        ),
    )
    pause: Pause = field(default=asyncio.sleep)

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one answer, or about many."""
        params = question.params
        assert isinstance(params, HttpParams)
        if params.secret is not None and (fault := context.network.secret_fault(params.secret, params.url)):
            return _no_secret(fault, params, context)

        async def once() -> Taken:
            return await _measure(params, context)

        in_turn = patient(once, params.spare, self.pause)
        if params.confirm is not None:
            return await confirmed(in_turn, params.confirm, self.pause)
        if params.plan is not None:
            return await sampled(in_turn, params.plan, self.pause)
        return (await in_turn()).evidence


PROBE = HttpProbe()
