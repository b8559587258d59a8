"""What would be asked, and why, in words: of an issue as a whole, and of one criterion. Nothing is measured for it.

Each function returns Markdown; what comes from outside is escaped here. Ten rows stand open, the rest is folded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.assessment.document import BUILT_IN, PolicyRef, ProfileRef
from bot.assessment.evidence import NO_CATEGORY, Criterion, Finding, Outcome, Scope, Sha
from bot.assessment.markdown import code, link, prose, quote, row
from bot.assessment.policy import ClaimsMode, Mode, Policy
from bot.assessment.report_findings import SYMBOLS, symbol
from bot.assessment.report_page import ADDED_BY
from bot.assessment.report_waivers import in_words
from bot.assessment.waiver import Waiver, WaiverState
from bot.assessment.wording import brief, count, listing, moment, short

ROWS = 10
_NAMED = 30
_MORE = "`/resolution explain <criterion>` says more of one, `/resolution explain policy` where each rule comes from."


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a file or on GitHub, as people know it."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong with a criterion as it is written, and where."""

    spot: Spot
    text: str
    meant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A criterion as it would be asked. All texts are plain text.

    `params` are what its author wrote (`path: docs/x.md`); `whom` is who or what is asked, `where` about which commit.
    `outcomes` says what each outcome would mean; `flaws` are there where it cannot be asked at all. `given` is where
    the policy asks it, `stated` where a claim stands. `profile` is named where the issue would have to be asked in
    another profile for it.
    """

    criterion: Criterion
    question: str
    params: tuple[str, ...] = ()
    whom: str = ""
    where: str = ""
    outcomes: tuple[tuple[Outcome, str], ...] = ()
    flaws: tuple[Flaw, ...] = ()
    given: Spot | None = None
    stated: Spot | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that would be asked of an issue. `at` is the commit in words.

    `profiles` are those that the policy has; `remains` are sentences of the statement that leave work open. `notes` say
    what of the issue does not count, and why.
    """

    policy: PolicyRef
    source: Spot
    rules: Policy
    at: str
    profile: ProfileRef | None = None
    profiles: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    claims: tuple[Ask, ...] = ()
    remains: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """How a criterion came out the last time it was asked, when, and at which commit."""

    finding: Finding
    at: datetime
    commit: Sha | None
    evidence_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Width:
    """How much is shown: rows before folding, folded rows, characters of what is asked."""

    rows: int = ROWS
    folded: int = 200
    asked: int = 300


_LADDER = (
    _Width(),
    _Width(asked=120),
    _Width(folded=60, asked=80),
    _Width(folded=0, asked=80),
    _Width(rows=3, folded=0),
)
"""Less and less detail, until the answer fits."""


def overview(told: Overview, *, limit: int) -> str:
    """What would be asked of this issue now, by which rules, and who may close; at most `limit` characters."""
    texts = (_overview(told, width) for width in _LADDER)
    return next((text for text in texts if len(text) <= limit), f"{_by(told)}\n\n{_closing(told.rules)}")


def criterion(
    ask: Ask,
    last: Last | None,
    *,
    looked: datetime | None,
    now: datetime,
    waived: tuple[Waiver, WaiverState] | None = None,
) -> str:
    """What one criterion asks, of whom, what each outcome would mean, and how it came out the last time.

    `looked` is when the issue was assessed last, None where it never was. `waived` is its waiver, with whether that
    counts.
    """
    one = ask.criterion
    parts = (
        f"### 📖 {prose(one.title, 160)} · {code(one.id, 80)}",
        "\n".join(part for part in (_elsewhere(ask), *_particulars(ask)) if part),
        _meanings(ask),
        _never(looked, now) if last is None else _last_time(last, now),
        "" if waived is None else f"**Waiver** · {in_words(*waived, now=now)}.",
        _next(ask),
    )
    return "\n\n".join(part for part in parts if part)


def gone(last: Last, *, now: datetime) -> str:
    """A criterion that is not asked any more, though it was."""
    one = last.finding.criterion
    return (
        f"### 📖 {prose(one.title, 160)} · {code(one.id, 80)}\n\n"
        f"As things are now this would not be asked any more. {_last_time(last, now)}"
    )


def unknown(name: str, *, nearest: str | None, known: Sequence[str]) -> str:
    """Nothing of that name is asked: what was probably meant, and what there is."""
    meant = f" Did you mean {code(nearest, 80)}?" if nearest is not None else ""
    if not known:
        return (
            f"😕 Nothing is asked here by the name {code(name, 80)}, nor by any other. `/resolution explain` says why."
        )
    shown = [code(one, 80) for one in known[:_NAMED]]
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return f"😕 Nothing is asked here by the name {code(name, 80)}.{meant} There is {', '.join(shown)}{more}."


def _overview(told: Overview, width: _Width) -> str:
    parts = (
        _by(told),
        _folding("Criteria", told.asks, width, _criteria) or "No criterion of the policy would be asked.",
        _claims(told, width),
        "\n".join(f"**Note** · {prose(note, 400)}" for note in told.notes),
        _remains(told),
        _closing(told.rules),
        f"<sub>Nothing was measured for this, and nothing changed. {_MORE}</sub>",
    )
    return "\n\n".join(part for part in parts if part)


def _by(told: Overview) -> str:
    """The heading, and which rules they are."""
    claims = f" and {count(len(told.claims), 'claim')}" if told.claims else ""
    built_in = told.policy.source == BUILT_IN
    by = "the built-in policy" if built_in else f"the policy {link(told.source.text, told.source.url)}"
    return (
        f"### 📖 What I would ask here: {count(len(told.asks), 'criterion', 'criteria')}{claims}\n\n"
        f"By {by} ({code(brief(told.policy.digest), 40)}), {_profile(told)}; at {prose(told.at, 160)}."
    )


def _profile(told: Overview) -> str:
    if told.profile is not None:
        return f"in its profile {code(told.profile.name, 80)}, chosen by {prose(told.profile.because, 240)}"
    if not told.profiles:
        return "which has no profiles"
    named = listing([code(name, 80) for name in told.profiles[:ROWS]])
    return f"in none of its profiles ({named}): none is for such an issue"


def _folding(what: str, asks: tuple[Ask, ...], width: _Width, table: Callable[[Sequence[Ask], int], str]) -> str:
    """A table of ten rows, and the rest folded."""
    if not asks:
        return ""
    first, rest = asks[: width.rows], asks[width.rows :]
    folded = rest[: width.folded]
    shown = table(first, width.asked)
    if folded:
        shown += f"\n\n<details><summary>{len(rest)} more</summary>\n\n{table(folded, width.asked)}\n\n</details>"
    left = len(rest) - len(folded)
    return f"**{what}**\n\n{shown}" + (f"\n\nand {left} more" if left else "")


def _criteria(asks: Sequence[Ask], asked: int) -> str:
    rows = (row((_named(ask.criterion), _asked(ask, asked))) for ask in asks)
    return "\n".join((row(("Criterion", "What is asked")), "|-|-|", *rows))


def _claims(told: Overview, width: _Width) -> str:
    if told.rules.claims is ClaimsMode.OFF:
        return "**Claims** · not looked for (`claims: off`)."
    found = _folding("Claims", told.claims, width, _claimed)
    return found or "**Claims** · none was found that could be checked in what people and pull requests say here."


def _claimed(asks: Sequence[Ask], asked: int) -> str:
    rows = (
        row((f"{quote(ask.criterion.quote or ask.criterion.title)} · {_tagged(ask.criterion)}", _asked(ask, asked)))
        for ask in asks
    )
    return "\n".join((row(("Claim, as written", "What is asked")), "|-|-|", *rows))


def _named(one: Criterion) -> str:
    category, title = prose(one.category, 60), prose(one.title, 160)
    text = f"**{category}**: {title}" if category and category != NO_CATEGORY else title
    return f"{text} · {_tagged(one)}"


def _tagged(one: Criterion) -> str:
    """Its id, where it comes from if not from the policy, and what is unusual about it."""
    added = ADDED_BY.get(one.origin)
    return ", ".join((code(one.id, 80), *((f"from {added}",) if added else ()), *_unusual(one)))


def _unusual(one: Criterion) -> tuple[str, ...]:
    said = (
        (one.scope is Scope.OPERATIONAL, "operational"),
        (not one.required, "not required"),
        (one.weight != 1.0, f"weight {one.weight:g}"),
    )
    return tuple(words for holds, words in said if holds)


def _asked(ask: Ask, limit: int) -> str:
    if ask.flaws:
        return f"🔧 cannot be asked as written: {_flaw(ask.flaws[0])}"
    probe = f"{code(ask.criterion.kind, 40)}:" if ask.outcomes else ""
    params = " ".join(code(param, limit) for param in ask.params)
    return " ".join(part for part in (probe, prose(ask.question, limit), params) if part)


def _flaw(flaw: Flaw) -> str:
    meant = f" Did you mean {code(flaw.meant, 80)}?" if flaw.meant else ""
    return f"{link(flaw.spot.text, flaw.spot.url)} {prose(flaw.text.rstrip('.'), 240)}.{meant}"


def _remains(told: Overview) -> str:
    if not told.remains:
        return ""
    said = "\n".join(f"- {prose(sentence, 300)}" for sentence in told.remains[:ROWS])
    return f"**Left open by the statement itself**, so it would be partial at best:\n\n{said}"


def _closing(rules: Policy) -> str:
    """Who may close, how sure it must be, and what happens by itself."""
    sure = f"where the confidence is at least **{rules.minimum_confidence}**"
    lines = [
        f"- Somebody with **{rules.close_role}** or more closes it with `/assess-resolution`, {sure}.",
        f"- {by_itself(rules)}",
    ]
    if rules.labels.hold:
        held = listing([code(name, 60) for name in rules.labels.hold], last="or")
        lines.append(f"- While it has the label {held}, it stays open.")
    return "\n".join(("**Who closes**", "", *lines))


def by_itself(rules: Policy) -> str:
    """What a merge sets off, in a sentence."""
    if not rules.on_merge:
        return "By myself I do nothing: a merge is not assessed (`on_merge: false`)."
    if rules.mode is Mode.ACT:
        return "After a merge I assess by myself, and close what the evidence carries (`mode: act`)."
    return "After a merge I assess by myself, and only advise: a person closes (`mode: advise`)."


def _elsewhere(ask: Ask) -> str:
    if ask.profile is None:
        return ""
    return (
        f"It is asked in the profile {code(ask.profile, 80)}, which is not chosen for this issue:"
        f" {code(f'/assess-resolution {ask.profile}', 120)} asks for it.\n"
    )


def _particulars(ask: Ask) -> tuple[str, ...]:
    """What is asked, of whom, about what, and how much hangs on it."""
    one = ask.criterion
    if ask.flaws:
        flaws = "\n".join(f"- {_flaw(flaw)}" for flaw in ask.flaws[:ROWS])
        return (
            f"🔧 **It cannot be asked as it is written:**\n\n{flaws}\n",
            _added(one),
            f"**Weighs** · {_weighs(one)}",
        )
    given, stated = ask.given, ask.stated
    return (
        f"**Asked** · {_asked(ask, 400)}",
        f"**Of** · {prose(ask.whom, 200)}" if ask.whom else "",
        f"**About** · {prose(ask.where, 300)}" if ask.where else "",
        _added(one),
        f"**Weighs** · {_weighs(one)}",
        f"**From** · {link(given.text, given.url)}" if given is not None else "",
        f"**Found in** · {link(stated.text, stated.url)}: {quote(one.quote or one.title)}"
        if stated is not None
        else "",
    )


def _added(one: Criterion) -> str:
    """Who asks it, where that is not the policy."""
    added = ADDED_BY.get(one.origin)
    return f"**Asked by** · {added}, for this issue alone" if added else ""


def _weighs(one: Criterion) -> str:
    weight = f"; weight {one.weight:g} in the confidence" if one.weight != 1.0 else ""
    if one.scope is Scope.OPERATIONAL:
        return f"operational: shown as somebody else's work, and blocks nothing{weight}"
    if not one.required:
        return f"not required: shown and weighed, and blocks nothing{weight}"
    return f"required: the issue is not closed unless it passes or does not apply{weight}"


def _meanings(ask: Ask) -> str:
    if not ask.outcomes or ask.flaws:
        return ""
    rows = (row((f"{SYMBOLS[outcome]} {outcome}", prose(meaning, 400))) for outcome, meaning in ask.outcomes)
    return "\n".join((row(("Outcome", "What it would mean")), "|-|-|", *rows))


def _never(looked: datetime | None, now: datetime) -> str:
    if looked is None:
        return "**Last time** · not asked yet: this issue was not assessed."
    return f"**Last time** · not asked by the last assessment, {moment(looked, seen_from=now)}."


def _last_time(last: Last, now: datetime) -> str:
    finding = last.finding
    at = f" at {code(short(last.commit))}" if last.commit else ""
    seen = link("evidence", last.evidence_url) if last.evidence_url else ""
    said = prose(finding.evidence.observed, 300)
    return (
        f"**Last time** · {symbol(finding)} {finding.evidence.outcome}: {said}"
        f" ({'; '.join(part for part in (f'{moment(last.at, seen_from=now)}{at}', seen) if part)})."
    )


def _next(ask: Ask) -> str:
    if ask.flaws:
        where = ADDED_BY.get(ask.criterion.origin, "the file on the default branch")
        return f"Correct it in {where}; until then it cannot be asked."
    profile = f" {ask.profile}" if ask.profile is not None else ""
    return f"To ask it now, alone: {code(f'/assess-resolution{profile} --only={ask.criterion.id}', 160)}."
