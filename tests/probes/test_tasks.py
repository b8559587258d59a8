"""The tasks probe: open boxes are open work, unless what they name is there."""

from datetime import timedelta

import pytest

from bot.assessment.evidence import Outcome, Reason
from bot.github.models import IssueState, PullState, StateReason
from bot.probes.contract import Fix
from bot.probes.tasks import PROBE

from .world import NOW, MemoryReader, Step, ask, context, issue, pull, ref, repo

PASS, FAIL = Outcome.PASS, Outcome.FAIL

LISTS = {
    "none": ("no boxes here", {}, Outcome.SKIPPED, Reason.NOT_APPLICABLE, "no task list", True),
    "done": ("- [x] one\n- [X] two", {}, PASS, Reason.HOLDS, "all 2 boxes ticked", False),
    "one done": ("- [x] one", {}, PASS, Reason.HOLDS, "the one box is ticked", False),
    "open": ("- [x] one\n- [ ] write docs", {}, FAIL, Reason.STILL_OPEN, '1 of 2 boxes open: "write docs"', True),
    "in code": ("```\n- [ ] one\n```", {}, Outcome.SKIPPED, Reason.NOT_APPLICABLE, "no task list", True),
    "under a heading": (
        "## Later\n- [ ] one\n## Acceptance\n- [x] two",
        {"heading": "acceptance"},
        PASS,
        Reason.HOLDS,
        "the one box is ticked",
        False,
    ),
    "no such heading": (
        "- [ ] one",
        {"heading": "Done"},
        Outcome.MISSING,
        Reason.NOTHING_TO_MEASURE,
        "no heading `Done`: there is none",
        True,
    ),
    "another heading": (
        "## Plan\n- [x] one\n\n**Acceptance criteria:**\n\n- [x] two",
        {"heading": "Done"},
        Outcome.MISSING,
        Reason.NOTHING_TO_MEASURE,
        "no heading `Done`: there are `Plan` and `Acceptance criteria`",
        True,
    ),
    "a heading without boxes": (
        "- [ ] one\n\n## Done\nall of it",
        {"heading": "## Done:"},
        Outcome.MISSING,
        Reason.NOTHING_TO_MEASURE,
        "no task list below `## Done:`",
        True,
    ),
    "below a smaller heading, nested and numbered": (
        "## Acceptance\n\n### API\n1. [x] one\n   - [ ] two\n\n## Later\n- [ ] three",
        {"heading": "Acceptance"},
        FAIL,
        Reason.STILL_OPEN,
        '1 of 2 boxes open: "two"',
        True,
    ),
    "quoted, hidden and shown": (
        "- [x] one\n\n> - [ ] quoted\n\n<!--\n- [ ] hidden\n-->\n\n    - [ ] code\n",
        {},
        PASS,
        Reason.HOLDS,
        "the one box is ticked",
        False,
    ),
    "too long": (
        "- [x] one\n\n" + "words\n\n" * 1000,
        {},
        Outcome.ERROR,
        Reason.NOT_LOOKED_AT,
        "the description is so long that its end was not read; 1 ticked box read",
        True,
    ),
    "too long, and open": (
        "- [ ] one\n\n" + "words\n\n" * 1000,
        {},
        FAIL,
        Reason.STILL_OPEN,
        '1 of 1 box open: "one"',
        True,
    ),
}


@pytest.mark.parametrize("name", LISTS)
async def test_boxes_are_read_as_they_stand(name):
    """A ticked box is somebody's word: complete lists never decide."""
    body, params, outcome, reason, observed, decisive = LISTS[name]
    evidence = await ask(PROBE, context(about=issue(body=body)), **params)
    assert (outcome, reason, decisive) == (evidence.outcome, evidence.reason, evidence.decisive)
    assert observed == evidence.observed


AT = repo(Step("Start", {"old.py": "1", "gone.py": "bye"}), Step("Fix", {"app/new.py": "1", "gone.py": None}))
FIX = Fix(commits=AT.branch[1:], before=AT.branch[0], paths=())
READER = MemoryReader(
    AT,
    pulls=(pull(7), pull(8, state=PullState.OPEN)),
    issues={
        (None, 5): ref(5),
        (None, 6): ref(6, state=IssueState.OPEN),
        (None, 9): ref(9, state_reason=StateReason.NOT_PLANNED),
    },
)

DELIVERABLES = {
    "a new file": ("add `app/new.py`", True),
    "a file that was there before": ("rework `old.py`", False),
    "no such file": ("add `app/other.py`", False),
    "a removed file": ("remove `gone.py`", True),
    "a file to be removed that is there": ("remove `old.py`", False),
    "a file to be removed that never was": ("remove `never/was.py`", False),
    "a commit on the branch": (f"land `{AT.branch[1][:10]}`", True),
    "a commit that is nowhere": ("land `85375b936`", False),
    "a merged pull request": ("merge #7", True),
    "an open pull request": ("merge #8", False),
    "a closed issue": ("finish #5", True),
    "an open issue": ("finish #6", False),
    "an issue that was dropped": ("finish #9", False),
    "nothing named": ("write docs", False),
    "two named, one lacking": ("add `app/new.py` and `app/other.py`", False),
}


@pytest.mark.parametrize("name", DELIVERABLES)
async def test_an_open_box_is_done_where_all_it_names_is_there(name):
    """A deliverable counts if it is there now and was not before."""
    text, done = DELIVERABLES[name]
    evidence = await ask(PROBE, context(AT, reader=READER, fix=FIX, about=issue(body=f"- [ ] {text}")))
    assert (PASS if done else FAIL) is evidence.outcome


async def test_one_box_without_a_deliverable_leaves_the_list_open():
    """Each open box must name something: otherwise they are all taken as they stand."""
    body = "- [ ] add `app/new.py`\n- [ ] write docs"
    evidence = await ask(PROBE, context(AT, reader=READER, fix=FIX, about=issue(body=body)))
    assert (evidence.outcome, evidence.reason) == (FAIL, Reason.STILL_OPEN)


async def test_a_delivered_list_says_how_it_was_found():
    """The answer names what was seen."""
    evidence = await ask(PROBE, context(AT, reader=READER, fix=FIX, about=issue(body="- [ ] add `app/new.py`")))
    assert evidence.observed == "1 of 1 box not ticked, but what they name is done: `app/new.py` is there"


async def test_a_huge_list_is_not_measured():
    """A thousand open boxes ask nothing of GitHub."""
    reader = MemoryReader(AT)
    about = issue(body="\n".join(f"- [ ] add `f{n}/x.py`" for n in range(1000)), created_at=NOW - timedelta(days=1))
    evidence = await ask(PROBE, context(AT, reader=reader, about=about))
    assert (evidence.outcome, reader.asked) == (FAIL, [])
    assert len(evidence.details) <= 20
