"""From questions to what people are told of them before anything is asked. Pure.

What a question sends along (headers, bodies, inputs) is named and not shown: it may be meant for the other side alone.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.assessment.evidence import Criterion, Finding, Origin
from bot.assessment.explanation import Ask, Flaw, Spot
from bot.assessment.refusals import Fault
from bot.assessment.wording import short
from bot.commands.measure import Prepared
from bot.commands.unaskable import place_url
from bot.config.criteria import FaultyCriterion
from bot.config.load import Loaded
from bot.config.origins import PolicyPlace as Place
from bot.github.models import Snapshot
from bot.probes.contract import Aim, Fix, Params, Question
from bot.probes.registry import by_kind

_SENT = frozenset({"headers", "body", "form", "send", "inputs"})
_WITHHELD = "…"


def asks_of(prepared: Prepared, rules: Loaded) -> tuple[tuple[Ask, ...], tuple[Ask, ...]]:
    """What the policy asks, faulty criteria last; and what the claims do."""
    snapshot, fix = prepared.snapshot, prepared.fix
    chosen = None if prepared.profile is None else prepared.profile.name
    own = tuple(
        replace(ask_of(one, snapshot, fix), given=given(one.criterion, rules, chosen, snapshot))
        for one in prepared.questions
        if one.criterion.origin is not Origin.CLAIM
    )
    claims = tuple(_claimed(one, prepared) for one in prepared.questions if one.criterion.origin is Origin.CLAIM)
    unmeasured = tuple(_unmeasured(one) for one in prepared.claimed.unmeasured)
    return (*own, *(_faulty(one, snapshot) for one in prepared.faulty)), (*claims, *unmeasured)


def in_other_profiles(name: str, rules: Loaded, prepared: Prepared) -> Ask | None:
    """A criterion of a profile that is not the issue's, by its id."""
    for profile in rules.profiles:
        asked = [
            replace(
                ask_of(one, prepared.snapshot, prepared.fix, profile.name),
                given=given(one.criterion, rules, profile.name, prepared.snapshot),
            )
            for one in profile.questions
        ]
        asked += [_faulty(one, prepared.snapshot, profile.name) for one in profile.faulty]
        found = next((ask for ask in asked if ask.criterion.id == name), None)
        if found is not None:
            return found
    return None


def ask_of(question: Question, snapshot: Snapshot, fix: Fix, profile: str | None = None) -> Ask:
    """A sound question."""
    manual, aim = by_kind()[question.criterion.kind].manual, question.params.aim
    return Ask(
        criterion=question.criterion,
        question=manual.question,
        params=params_of(question.params),
        whom=aim.whom,
        where=where(aim, snapshot, fix, ask_before=question.ask_before),
        outcomes=manual.outcomes,
        profile=profile,
    )


def given(criterion: Criterion, rules: Loaded, profile: str | None, snapshot: Snapshot) -> Spot | None:
    """Where the policy gives a criterion, of its own or of a profile; None where somebody else asks for it."""
    if criterion.origin is not Origin.POLICY:
        return None
    origin = rules.where_asked(criterion.id, profile)
    return Spot(text="the built-in policy") if origin is None else spot_of(origin, snapshot)


def spot_of(origin: Place, snapshot: Snapshot) -> Spot:
    """A line of a policy file with its address."""
    fault = Fault(path=origin.path, line=origin.line, column=origin.column, text="")
    return Spot(text=f"{origin.path}:{origin.line}", url=place_url(fault, snapshot))


def _claimed(question: Question, prepared: Prepared) -> Ask:
    ask, url = ask_of(question, prepared.snapshot, prepared.fix), prepared.claimed.statements
    return Ask(
        criterion=ask.criterion,
        question=ask.question,
        params=ask.params,
        whom=ask.whom,
        where=ask.where,
        outcomes=ask.outcomes,
        stated=Spot(text="what was said", url=url.get(ask.criterion.id)),
    )


def _unmeasured(finding: Finding) -> Ask:
    evidence = finding.evidence
    return Ask(
        criterion=finding.criterion,
        question=" ".join(
            f"{said[:1].upper()}{said[1:].rstrip('.')}." for said in (evidence.observed, evidence.remedy) if said
        ),
        stated=Spot(text=evidence.source.place, url=evidence.source.url),
    )


def _faulty(one: FaultyCriterion, snapshot: Snapshot, profile: str | None = None) -> Ask:
    in_text = one.criterion.origin is Origin.ISSUE
    flaws = tuple(_in_text(fault, snapshot) if in_text else flaw_of(fault, snapshot) for fault in one.faults)
    return Ask(criterion=one.criterion, question="", flaws=flaws, profile=profile)


def flaw_of(fault: Fault, snapshot: Snapshot) -> Flaw:
    """A fault with the address of its line."""
    spot = Spot(text=f"{fault.path}:{fault.line}:{fault.column}", url=place_url(fault, snapshot))
    return Flaw(spot=spot, text=fault.text, meant=fault.suggestion)


def _in_text(fault: Fault, snapshot: Snapshot) -> Flaw:
    """A fault in the issue's text: there is no link to a line of that."""
    spot = Spot(text=f"line {fault.line}, column {fault.column} of {fault.path}", url=snapshot.issue.url)
    return Flaw(spot=spot, text=fault.text, meant=fault.suggestion)


def where(aim: Aim, snapshot: Snapshot, fix: Fix, *, ask_before: bool) -> str:
    """About which commit it is asked, and whether about the time before the fix as well."""
    return f"{_now(aim, snapshot)}; {_past(aim, fix, ask_before=ask_before)}"


def _now(aim: Aim, snapshot: Snapshot) -> str:
    match aim.at:
        case None:
            return "how it is when it is asked"
        case "head":
            return head_of(snapshot)
        case "latest":
            return "the newest run"
        case revision:
            return f"`{revision}`"


def head_of(snapshot: Snapshot) -> str:
    """The default branch's newest commit, in words."""
    if snapshot.head is None:
        return "the default branch, which has no commit yet"
    return f"`{snapshot.default_branch or 'HEAD'}` @ `{short(snapshot.head)}`"


def _past(aim: Aim, fix: Fix, *, ask_before: bool) -> str:
    if not aim.past:
        return "of the time before the fix it cannot be asked"
    if not ask_before:
        return "not about the time before the fix (`before: false`)"
    if fix.before is None:
        return "also about the time before the fix, once one is known"
    return f"also about the time before the fix, `{short(fix.before)}`"


def params_of(params: Params) -> tuple[str, ...]:
    """What was written for a probe, without its defaults: `path: docs/x.md`."""
    written = params.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return tuple(_entry(key, value) for key, value in written.items())


def _entry(key: str, value: object) -> str:
    if key not in _SENT:
        return f"{key}: {_spelled(value)}"
    return f"{key}: {{{', '.join(map(str, value))}}}" if isinstance(value, dict) else f"{key}: {_WITHHELD}"


def _spelled(value: object) -> str:
    """A value as one writes it in YAML, on one line."""
    match value:
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case dict():
            return f"{{{', '.join(_entry(str(key), inner) for key, inner in value.items())}}}"
        case list() | tuple():
            return _list(value)
        case _:
            return str(value)


def _list(values: Sequence[object]) -> str:
    return f"[{', '.join(map(_spelled, values))}]"
