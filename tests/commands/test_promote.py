"""A pattern as a profile: what is in the way, and what was decided before."""

from dataclasses import replace

import pytest

from bot.assessment.evidence import Sha
from bot.assessment.pattern import Agreed
from bot.assessment.policy import LabelPolicy, Policy
from bot.assessment.precedent import Held
from bot.assessment.promotion import Proposed
from bot.commands.measure import rules_of
from bot.commands.promote import blocked, labels_of_ours, standing_of
from bot.commands.promoted import Draft, drafted
from bot.config.load import Loaded
from bot.github.branches import At, BranchView, PathAt
from bot.github.commits import blob_id
from bot.github.models import PolicyFile, Snapshot
from bot.github.proposals import Proposal
from bot.github.session import POLICY_PATH
from tests.probes.world import context, issue

TEXT = "version: 1\ncriteria: [{id: a, file: x.py}]\n"
HELD = Held(id="a", title="File x.py", kind="file", category="")
PATTERN = Agreed(name="a", criteria=(HELD,), issues=((1, ""), (3, "")))
WHAT = Proposed(profile="infra", pattern=PATTERN, more=())
DRAFT = Draft(what=WHAT, before=TEXT, text=f"{TEXT}profiles: …\n")
FILE = PathAt(path=POLICY_PATH, at=At.FILE, oid=blob_id(TEXT))
BASE = BranchView(
    repository="acme/service", archived=False, default="main", branch="main", head=Sha("a" * 40), paths=(FILE,)
)
PULL = Proposal(number=7, url="https://x.example", body="", open=True, merged=False, ours=True, author="resolution")


def seen(text: str) -> Snapshot:
    """A repository with this policy."""
    own = PolicyFile(path=POLICY_PATH, oid="", size_bytes=0, text=text)
    return replace(context(about=issue()).snapshot, policy_file=own)


def made(text: str, pattern: Agreed, profile: str | None = None) -> Draft | str:
    """What becomes of the pattern over this policy."""
    rules = rules_of(seen(text))
    assert isinstance(rules, Loaded)
    return drafted(seen(text), rules, pattern, profile)


@pytest.mark.parametrize(
    ("base", "before", "words"),
    [
        pytest.param(BASE, TEXT, None, id="nothing"),
        pytest.param(replace(BASE, archived=True), TEXT, "archived", id="archived"),
        pytest.param(replace(BASE, head=None, default=None), TEXT, "no commit yet", id="empty"),
        pytest.param(BASE, "version: 1\n", "somebody changes it", id="changed"),
        pytest.param(BASE, None, "somebody changes it", id="came"),
        pytest.param(replace(BASE, paths=(PathAt(path=POLICY_PATH),)), None, None, id="none"),
        pytest.param(replace(BASE, paths=(replace(FILE, at=At.LINK),)), TEXT, "stands a symbolic link", id="link"),
        pytest.param(replace(BASE, paths=(replace(FILE, behind=".github"),)), TEXT, "is no folder", id="behind"),
    ],
)
def test_blocked(base: BranchView, before: str | None, words: str | None) -> None:
    """The file must be as it was read, and a file."""
    said = blocked(base, replace(DRAFT, before=before))
    assert (said is None) == (words is None)
    assert (words or "") in (said or "")


@pytest.mark.parametrize(
    ("there", "words", "done"),
    [
        pytest.param((PULL,), "Proposed already", True, id="open"),
        pytest.param((replace(PULL, ours=False, author="eve"),), "eve opened `#7` from", False, id="theirs"),
        pytest.param((replace(PULL, open=False, merged=True),), "was merged", False, id="merged"),
        pytest.param((replace(PULL, open=False),), "was closed unmerged", False, id="closed"),
        pytest.param((replace(PULL, open=False, number=9), PULL), "Proposed already", True, id="open-again"),
    ],
)
def test_standing(there: tuple[Proposal, ...], words: str, done: bool) -> None:
    """An open one is named; what people decided is not proposed again."""
    looked = standing_of(there, DRAFT)
    assert looked is not None
    assert (words in looked.text, looked.done) == (True, done)


@pytest.mark.parametrize("there", [(), (replace(PULL, open=False, ours=False),)], ids=["none", "another's"])
def test_nothing_stands_in_the_way(there: tuple[Proposal, ...]) -> None:
    """Nor does what somebody else once proposed."""
    assert standing_of(there, DRAFT) is None


def test_labels_of_ours() -> None:
    """All roles, in lower case."""
    roles = LabelPolicy(resolved=("Done",), remove=("wip",), pending="wait", hold=("hold",))
    assert labels_of_ours(Policy(source="", digest="", labels=roles)) == {"done", "wip", "wait", "hold"}


@pytest.mark.parametrize(
    ("pattern", "profile", "words"),
    [
        pytest.param(replace(PATTERN, name="help"), None, "is none for a profile", id="reserved"),
        pytest.param(
            replace(PATTERN, criteria=(Held(id="b", title="", kind="file", category=""),)),
            None,
            "does not ask `b` today",
            id="gone",
        ),
    ],
)
def test_not_drafted(pattern: Agreed, profile: str | None, words: str) -> None:
    """Why there is no profile."""
    assert words in str(made(TEXT, pattern, profile))


def test_a_label_that_no_policy_takes() -> None:
    """What cannot be written so that it is read as meant is not written."""
    text = f"{TEXT}profiles:\n  by-name: {{criteria: [{{id: c, file: y.py}}]}}\n"
    more = Held(id="c", title="File y.py", kind="file", category="")
    assert "To paste:" in str(made(text, replace(PATTERN, criteria=(more,), label="x" * 99)))


def test_drafted() -> None:
    """What is known is written, what is not is left out and named."""
    gone = Held(id="b", title="", kind="file", category="")
    text = f"{TEXT}profiles:\n  by-name: {{criteria: [{{id: c, file: y.py}}]}}\n"
    more = Held(id="c", title="File y.py", kind="file", category="")
    draft = made(text, replace(PATTERN, criteria=(more, gone), label="ops"), "infra")
    assert isinstance(draft, Draft)
    assert (draft.branch, draft.pattern, draft.before) == ("resolution-bot/profile-infra", "a", text)
    assert [one.id for one in (*draft.what.today, *draft.what.more)] == ["a", "c"]
    assert draft.what.left_out == (gone,)
    assert draft.text.startswith(f"{text}  infra:\n    when: {{labels: [ops]}}\n")
    assert "has a profile `infra` already" in str(made(draft.text, PATTERN, "infra"))
