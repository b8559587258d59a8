"""The first line of an answer: it alone tells the verdict and the action."""

from typing import Literal, assert_never

from bot.assessment.markdown import prose
from bot.assessment.report_page import Fate, Page, is_mixed, noun
from bot.assessment.verdict import Because, VerdictKind
from bot.assessment.withholding import WithheldReason
from bot.assessment.wording import count, dated

_LEFT_OPEN: dict[WithheldReason, str] = {
    WithheldReason.ARCHIVED: "left open, the repository is archived",
    WithheldReason.LOCKED: "left open, it is locked",
    WithheldReason.HELD: "left open, a label holds it",
    WithheldReason.LABELS_UNKNOWN: "left open, its labels could not be read",
    WithheldReason.PART_ASKED: "left open, only a part was asked",
    WithheldReason.AS_ASKED: "left open, as asked",
    WithheldReason.CONFIDENCE: "left open, not sure enough",
    WithheldReason.NO_RIGHT: "left open, the asker may not close it",
    WithheldReason.ONLY_REFERRED: "left open, it was only referred to",
    WithheldReason.CONTRADICTED: "left open, a person wants it open",
    WithheldReason.HISTORY_UNKNOWN: "left open, its history could not be read in full",
    WithheldReason.MARKED_WRONG: "left open, a label says that I was wrong",
    WithheldReason.ADVISE: "ready to be closed by a person",
    WithheldReason.VETOED: "left open, a person spoke up",
    WithheldReason.VETOES_UNKNOWN: "left open, objections could not be read",
    WithheldReason.NOBODY_WAITS: "left open, closings are announced first",
    WithheldReason.CALLED_OFF: "left open, its closing was called off",
}


_Good = Literal[
    Fate.CLOSED,
    Fate.CLOSING,
    Fate.ANNOUNCED,
    Fate.WOULD_ANNOUNCE,
    Fate.WOULD_CLOSE,
    Fate.ALREADY_CLOSED,
    Fate.LEFT_OPEN,
]


def title(page: Page) -> str:
    """The heading."""
    verdict = page.assessment.verdict
    match verdict.kind:
        case VerdictKind.RESOLVED | VerdictKind.RESOLVED_WITH_FOLLOW_UPS:
            return _resolved(page)
        case VerdictKind.NOT_RESOLVED:
            return _heading("❌", "Not resolved: left open", page, _share(page, "does not hold", "do not hold"))
        case VerdictKind.PARTIAL:
            return _heading("🟡", "Partly resolved: left open", page, "work remains")
        case VerdictKind.PENDING if page.assessment.called_off:
            undecided = _share(page, "not decided")
            return _heading("⏹️", "No longer waited for: left open", page, undecided)
        case VerdictKind.PENDING:
            return _heading("⏳", "Not decided yet: left open", page, f"waiting for {_share(page)}")
        case VerdictKind.INCONCLUSIVE:
            nothing = verdict.because is Because.NOTHING_DECISIVE
            why = "nothing decisive was found" if nothing else _share(page, _undecided(page))
            return _heading("❔", "Inconclusive: not closing", page, why)
        case VerdictKind.MISCONFIGURED:
            return _heading("🔧", "Misconfigured: not closing", page, _share(page, "cannot be asked as written"))
        case _:
            assert_never(verdict.kind)


def _resolved(page: Page) -> str:
    assessment, fate = page.assessment, page.fate
    follow_ups = len(assessment.verdict.follow_ups)
    word = f"Resolved, with {count(follow_ups, 'follow-up')}" if follow_ups else "Resolved"
    confidence = f"confidence {assessment.confidence.level} ({assessment.confidence.percent} %)"
    match fate:
        case Fate.REOPENED:
            return f"### ↩️ Reopened: it had been closed as completed · {confidence} then"
        case Fate.REFUSED:
            return f"### ⚠️ {word}, but not closed · {confidence}"
        case _:
            return f"### ✅ {word}: {_fate(page, fate)} · {confidence}"


def _fate(page: Page, fate: _Good) -> str:
    """What became of the issue, or will."""
    match fate:
        case Fate.CLOSED:
            return "closed as completed"
        case Fate.CLOSING:
            return "closing as completed"
        case Fate.ANNOUNCED:
            until = page.assessment.plan.announces
            assert until is not None  # that is what it means
            return f"will be closed on {dated(until)}, unless somebody objects"
        case Fate.WOULD_ANNOUNCE:
            return "the closing would be announced (dry run)"
        case Fate.WOULD_CLOSE:
            return "would be closed (dry run)"
        case Fate.ALREADY_CLOSED:
            return _already_closed(page)
        case Fate.LEFT_OPEN:
            withheld = page.assessment.plan.withheld
            return _LEFT_OPEN.get(withheld[0].reason, "left open") if withheld else "left open"
        case _:
            assert_never(fate)


def _already_closed(page: Page) -> str:
    closed_as = page.assessment.state.closed_as
    if closed_as not in {None, "completed"}:
        return f"left closed as {prose((closed_as or '').replace('_', ' '), 40)}"
    objected = any(one.reason is WithheldReason.VETOED for one in page.assessment.plan.withheld)
    return "already closed, and a person objected" if objected else "already closed, verified"


def _heading(sign: str, words: str, page: Page, why: str) -> str:
    verdict = words.partition(":")[0]
    if not page.assessment.state.open:
        closed = "Closed again" if page.again else "Closed"
        words = f"Reopened: {verdict.lower()}" if page.opens else f"{closed}, but {verdict.lower()}"
    dry = " (dry run)" if page.assessment.trigger.flags.dry_run else ""
    return f"### {sign} {words}{dry} · {why}"


def _undecided(page: Page) -> str:
    """What was measured with mixed answers is not said to be unmeasured."""
    mixed = sum(is_mixed(finding) for finding in page.carrying)
    if mixed == 0:
        return "could not be measured"
    return "gave mixed answers" if mixed == len(page.carrying) else "could not be measured or gave mixed answers"


def _share(page: Page, one: str = "", many: str | None = None) -> str:
    """`3 of 5 claims do not hold`; without the count where it is one of one."""
    everything, carrying = page.deciding, len(page.carrying)
    singular, plural = noun(everything)
    verb = one if carrying == 1 else many or one
    return f"{carrying} of {count(len(everything), singular, plural)} {verb}".rstrip()
