"""How an answer ends: why it may be closed or what is missing, what was done, how sure, how to disagree, who asked."""

from datetime import datetime
from typing import assert_never

from bot.assessment.document import BUILT_IN, ActionKind, Assessment, Ending
from bot.assessment.evidence import Finding, Outcome
from bot.assessment.markdown import code, link, mention, name, prose
from bot.assessment.openlines import CONFIRM_FIXED
from bot.assessment.plan import Action, Announce, Close, Label
from bot.assessment.regression import promised
from bot.assessment.report_page import ADDED_BY, Fate, Page, is_claim
from bot.assessment.report_sections import called, listed, where
from bot.assessment.report_waivers import justified
from bot.assessment.trigger import TriggerKind
from bot.assessment.verdict import Because
from bot.assessment.waits import Awaited, awaited
from bot.assessment.withholding import WithheldReason
from bot.assessment.wording import after_merges, brief, count, dated, listing, moment, span

_WORTH_A_LOOK = frozenset({Outcome.ERROR, Outcome.FLAKY, Outcome.PENDING})
_REMEDIES: dict[Outcome, tuple[str, str]] = {
    Outcome.FAIL: ("make", "hold"),
    Outcome.ERROR: ("see to it that", "can be measured"),
    Outcome.FLAKY: ("find out why", "is not the same each time"),
    Outcome.MISSING: ("give", "something that can be measured"),
    Outcome.PENDING: ("wait for", ""),
    Outcome.MISCONFIGURED: ("correct", "in the policy"),
}
"""What round a criterion's name says what to do, where its probe did not."""
_LAST_WORD = "Whoever closes it again has the last word: then I leave it closed."
_NAME_IT = "name the commit or the pull request that fixes it, or a criterion that would fail without the fix"
_FINISH_IT = "finish what is open, or say in a new statement that it is done or not needed"


def justification(page: Page) -> str:
    """Why it may be closed, or why what is closed already is resolved."""
    if not page.assessment.verdict.closes or page.fate in {Fate.LEFT_OPEN, Fate.REOPENED}:
        return ""
    total = len(page.deciding)
    decisive = sum(finding.evidence.decisive for finding in page.deciding)
    failing_before = sum(finding.evidence.seen_failing for finding in page.deciding)
    carried = "every required criterion has" if decisive == total else f"{decisive} of {total} required criteria have"
    metrics = page.assessment.metrics
    deployed = ", and the fix is deployed" if metrics is not None and metrics.deployed else ""
    before = seen_failing(failing_before, total)
    heading = "Why this counts as resolved" if page.fate is Fate.ALREADY_CLOSED else "Why this may be closed"
    return f"**{heading}** · {carried} decisive evidence{deployed}; {before}{justified(page)}."


def missing(page: Page) -> str:
    """What is missing and who can supply it; or why a resolved issue is left as it is."""
    assessment = page.assessment
    if page.fate is Fate.ANNOUNCED:
        return _announcement(page)
    if assessment.verdict.closes:
        return _left(page)
    waits = awaited(assessment.verdict, assessment.findings, assessment.trigger)
    if waits:
        return _waited(page, waits) if assessment.called_off else _waiting(page, waits)
    heading = "To get this closed" if assessment.state.open else "To settle this"
    items = tuple(dict.fromkeys(_remedy(finding, page) for finding in _owing(page)))
    if assessment.verdict.because is Because.NOTHING_DECISIVE:
        items = (_NAME_IT, *items)
    if assessment.verdict.remains and not items:
        items = (_FINISH_IT,)
    text = listed(heading, tuple(item for item in items if item))
    return f"{text}{_then(page, bullets=chr(10) in text)}" if text else f"**{heading}** · {_again(page)}."


def done(page: Page) -> str:
    """What was done, or would be."""
    assessment = page.assessment
    would = tuple(part for action in assessment.plan.would if (part := _would(action)))
    would += tuple(prose(one, 240) for one in assessment.foreseen)
    if would:
        role = assessment.close_role
        return (
            f"**Would be done** · {' · '.join(would)}. Nothing was changed;"
            f" somebody with **{role}** can ask without `--dry-run`."
        )
    silent = {ActionKind.SPEAK, ActionKind.OUTDATE, ActionKind.REACT}
    changes = tuple(done for done in assessment.actions if done.action not in silent)
    said = [prose(change.text, 240) for change in changes if change.ending is Ending.DONE]
    failed = [
        prose(change.text, 240)
        for change in changes
        if change.ending in {Ending.REFUSED, Ending.UNKNOWN} and change.action is not ActionKind.CLOSE
    ]
    parts = [f"**Done** · {' · '.join(said)}" if said else "", f"**Not done** · {' · '.join(failed)}" if failed else ""]
    return "\n".join(part for part in parts if part)


def confidence(page: Page) -> str:
    """How the confidence came about, folded; nothing where it does not matter since nothing would be closed."""
    if not page.assessment.verdict.closes:
        return ""
    how = page.assessment.confidence
    shown = how.factors[:30]
    more = [f"- and {len(how.factors) - len(shown)} more"] if len(how.factors) > len(shown) else []
    factors = "\n".join([*(f"- {prose(factor.text, 240)}" for factor in shown), *more])
    summary = f"How confidence {how.level} ({how.percent} %) came about"
    return f"<details><summary>{summary}</summary>\n\n{factors}\n\n</details>"


def rechecks(page: Page) -> str:
    """When it is looked at again after the closing: only where that is promised by a job."""
    assessment = page.assessment
    if not assessment.watch or page.fate is Fate.REOPENED:
        return ""
    return promised(assessment.watch, assessment.finished_at)


def disagree(page: Page) -> str:
    """How to disagree: only ways that exist, and that the one addressed is free to go."""
    role = page.assessment.close_role
    if page.fate is Fate.REOPENED:
        return f"By myself I only advise here now. Whoever has **{role}** can ask again with {_command(page)}."
    if page.fate in {Fate.CLOSED, Fate.CLOSING} and "reopen" in page.capabilities:
        return (
            "**Not right?** The reporter or anyone with **triage** can comment `/reopen <why>`."
            " After that I only advise here, unless a person asks."
        )
    if page.fate in {Fate.CLOSED, Fate.CLOSING, Fate.ALREADY_CLOSED} and page.assessment.verdict.closes:
        return (
            "**Not right?** Say here what still fails; anyone with **triage** can reopen this issue."
            " After that I only advise here, unless a person asks."
        )
    if page.opens:
        return against_reopening(page)
    if page.assessment.verdict.because is not Because.FAILED:
        return ""
    ways = []
    if any(is_claim(finding) for finding in page.carrying):
        ways.append(f"If I misread a claim, quote it below {_command(page)} and leave it out.")
    ways.append(_by_hand(page.assessment))
    return f"**Not right?** {' '.join(ways)}"


def against_reopening(page: Page) -> str:
    """How to disagree with a reopening of ours, and what it has for a consequence."""
    return (
        f"**Not right?** {_LAST_WORD} Anyone with **triage** can close it.\n\n"
        f"**By myself I only advise here now** · once it holds, whoever has **{page.assessment.close_role}** asks with"
        f" {_command(page)}."
    )


def _by_hand(assessment: Assessment) -> str:
    """What people can do without us. What was to be opened again, and was not, may still be: put off, say."""
    if assessment.state.open:
        return f"Anyone with **{assessment.close_role}** can close it by hand."
    left = "" if assessment.plan.reopens else "; by myself I leave it closed"
    return f"Anyone with **triage**, and an author who closed it himself, can reopen it{left}."


def footer(page: Page) -> str:
    """Who asked, by which rules, at which commit, which run, how long, and where everything is."""
    assessment = page.assessment
    parts = [
        _asked(page),
        _rules(page),
        _profile(page),
        where(page),
        f"run {code(assessment.id, 40)}",
        span(assessment.duration),
        link("all evidence", page.evidence_url) if page.evidence_url else "",
    ]
    return f"<sub>{' · '.join(part for part in parts if part)}</sub>"


def seen_failing(failing: int, total: int) -> str:
    """How many of those that hold were seen failing before the fix, as the end of a sentence."""
    if failing == 0:
        return "none was seen failing before the fix"
    if failing == total:
        return "it was seen failing before the fix" if total == 1 else f"all {total} were seen failing before the fix"
    return f"{failing} of the {total} {'was' if failing == 1 else 'were'} seen failing before the fix"


def _rules(page: Page) -> str:
    """The policy, and how much was added to it for this issue alone."""
    policy = page.assessment.policy
    named = "built-in policy" if policy.source == BUILT_IN else f"policy {code(brief(policy.digest), 40)}"
    origins = [finding.criterion.origin for finding in page.assessment.findings]
    added = (
        f" + {count(number, 'criterion', 'criteria')} from {where}"
        for origin, where in ADDED_BY.items()
        if (number := origins.count(origin))
    )
    return named + "".join(added)


def _profile(page: Page) -> str:
    """Which set of criteria was asked, and why that one."""
    profile = page.assessment.profile
    return "" if profile is None else f"profile {code(profile.name, 64)} ({prose(profile.because, 240)})"


def _left(page: Page) -> str:
    close = page.assessment.close
    if page.fate is Fate.REFUSED and close is not None:
        again = f": read that; whoever has **{page.assessment.close_role}** asks again with {_command(page)}"
        return f"**Not closed** · {prose(close.text, 400)}{_at(close.url)}{again if close.url else ''}."
    items = tuple(f"{prose(one.text, 300)}{_at(one.url)}" for one in page.assessment.plan.withheld)
    shut = "Why nothing more is done" if page.assessment.called_off else "Why nothing was changed"
    return listed("Why it stays open" if page.assessment.state.open else shut, items)


def _at(comment: str | None) -> str:
    return f" ({link('the comment', comment)})" if comment else ""


def _announcement(page: Page) -> str:
    """When it is closed, and how whom that can be stopped by; exactly what `bot.assessment.grace` counts."""
    until = page.assessment.plan.announces
    assert until is not None  # that is what it means
    left = span(until - page.assessment.finished_at)
    return (
        f"**I close this on {dated(until)}** (in {left}), unless somebody objects before, or it does not hold any more"
        " then.\n\n"
        "**To stop it** · react with 👎 to this comment, or comment here. That counts from the reporter and from anyone"
        " with **triage**, and it stops me until somebody with"
        f" **{page.assessment.close_role}** asks again. `/confirm-fixed` is no objection, unless words"
        " beside it hold something back, nor is a comment of nothing but commands that I understand, other than"
        " `/reopen`, `/resolution unconfirm` and `/resolution cancel`."
    )


def _waiting(page: Page, waits: tuple[Awaited, ...]) -> str:
    """What it waits for, until when, and that nobody has to do anything for it."""
    ends: dict[str, datetime] = {}
    for one in waits:
        ends[one.wait.what] = max(one.wait.until, ends.get(one.wait.what, one.wait.until))
    seen_from = page.assessment.finished_at
    items = tuple(f"{prose(what, 200)}, until {moment(until, seen_from=seen_from)}" for what, until in ends.items())
    text = listed("Waiting for", items)
    return f"{text}{chr(10) * 2 if chr(10) in text else '. '}I go on by myself; {_command(page)} asks anew."


def _waited(page: Page, waits: tuple[Awaited, ...]) -> str:
    """What nobody waits for any more, and why."""
    items = tuple(dict.fromkeys(prose(one.wait.what, 200) for one in waits))
    why = next(one.text for one in page.assessment.plan.withheld if one.reason is WithheldReason.CALLED_OFF)
    text = listed("No longer waited for", items)
    return f"{text}{chr(10) * 2 if chr(10) in text else ': '}{prose(why, 300)}; {_command(page)} asks anew."


def _owing(page: Page) -> tuple[Finding, ...]:
    """What stands between here and closing: the carrying ones first, then every other required one that is no pass."""
    reasons = frozenset(page.assessment.verdict.reasons)
    rest = tuple(f for f in page.deciding if f.evidence.outcome is not Outcome.PASS and f.criterion.id not in reasons)
    carrying = tuple(f for f in page.carrying if f.evidence.outcome is not Outcome.PASS)
    return (*carrying, *rest)


def _remedy(finding: Finding, page: Page) -> str:
    evidence = finding.evidence
    if evidence.waits_for is not None and page.assessment.verdict.because is not Because.ON_ITS_WAY:
        # Nothing but what is on its way may stand between an answer and its waiting.
        whom = evidence.waits_for.whom
        if whom is not None:
            how = f"{prose(whom, 100)} comments {code(f'/{CONFIRM_FIXED}')} once the rest holds"
            return f"{called(finding)} needs a person's word as well: {how}; that alone is not enough"
        seen = prose(evidence.observed.rstrip("."), 200)
        return f"I am not waiting for {called(finding)}: {seen}; ask again when that has changed"
    if evidence.remedy:
        return prose(evidence.remedy.rstrip("."), 300)
    if evidence.outcome is Outcome.FAIL and evidence.expected:
        return f"{called(finding)} must hold: {prose(evidence.expected, 200)}"
    before, after = _REMEDIES[evidence.outcome]
    sampled = ", or ask it with `confirm` or `samples`"
    more = sampled if evidence.outcome is Outcome.FLAKY and not is_claim(finding) else ""
    return f"{before} {called(finding)} {after}{more}".rstrip()


def _then(page: Page, *, bullets: bool) -> str:
    again = _again(page)
    return f"\n\n{again[0].upper()}{again[1:]}." if bullets else f"; {again}."


def _again(page: Page) -> str:
    alone = [f.criterion.id for f in _owing(page) if f.evidence.outcome in _WORTH_A_LOOK and not is_claim(f)]
    part = f"{page.assessment.trigger.flags.command} --only={','.join(alone)}"
    look = f" (to look at that alone: {code(part)})" if 0 < len(alone) <= 3 else ""
    return f"then {_command(page)} again{look}"


def _command(page: Page) -> str:
    return code(page.assessment.trigger.flags.command)


def _would(action: Action) -> str:
    match action:
        case Label():
            added = listing([code(label, 60) for label in action.add])
            removed = listing([code(label, 60) for label in action.remove])
            said = (f"label {added} added" if added else "", f"label {removed} removed" if removed else "")
            return " · ".join(part for part in said if part)
        case Close():
            return f"closed as {action.reason}"
        case Announce():
            return f"the closing announced for {dated(action.until)}, unless somebody objects"
        case _:
            return ""


def _asked(page: Page) -> str:
    trigger = page.assessment.trigger
    match trigger.kind:
        case TriggerKind.COMMAND:
            return f"asked by {mention(trigger.by)}"
        case TriggerKind.CLI:
            return "asked on the command line"
        case TriggerKind.MERGE:
            return after_merges(trigger.pulls) if trigger.pulls else "after a merge"
        case TriggerKind.CLOSURE:
            return f"after the closing by {name(trigger.by)}"
        case TriggerKind.WAKE:
            return "after what it waited for"
        case TriggerKind.TIMER:
            return "looked again by itself"
        case _:
            assert_never(trigger.kind)
