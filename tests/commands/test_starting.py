"""Which workflow runs are started before measuring, and for whom."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.evidence import Criterion, CriterionId, Origin
from bot.assessment.policy import Mode, Role
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.commands.measure import Asking, Prepared, prepare
from bot.commands.own_criteria import Writer
from bot.commands.request import Started
from bot.commands.saying import Asker
from bot.commands.starting import dispatched, wanted
from bot.probes.contract import DispatchWanted, Params, Question
from tests.probes.world import NOW, Step, context, repo

AT = context(repo(Step("Start", {"a.py": "1"}))).snapshot
COMMAND = Trigger(kind=TriggerKind.COMMAND, by="ann")
MERGE = Trigger(kind=TriggerKind.MERGE, pull=2)
CLOSURE = Trigger(kind=TriggerKind.CLOSURE, by="ann")


class Calling(Params):
    """A question that calls for a run."""

    @property
    def dispatches(self) -> DispatchWanted:
        """The run."""
        return DispatchWanted(workflow="suite.yml", inputs=(("depth", "full"),), patience=timedelta(minutes=30))


def prepared(trigger: Trigger, mode: Mode = Mode.ADVISE) -> Prepared:
    found = prepare(AT, Asking(id="1", trigger=trigger, role=Role.WRITE, key=b"k", now=NOW), ())
    assert isinstance(found, Prepared)
    named = (CriterionId("suite"), CriterionId("other"))
    asked = [Criterion(id=name, title="t", category="c", kind="workflow") for name in named]
    questions = (Question(criterion=asked[0], params=Calling()), Question(criterion=asked[1], params=Params()))
    return replace(found, questions=questions, policy=replace(found.policy, mode=mode))


@pytest.mark.parametrize(
    ("trigger", "role", "mode", "refused"),
    [
        pytest.param(COMMAND, Role.WRITE, Mode.ADVISE, None, id="write"),
        pytest.param(COMMAND, Role.ADMIN, Mode.ADVISE, None, id="more-than-write"),
        pytest.param(COMMAND, Role.TRIAGE, Mode.ACT, "takes the role write, and ann holds triage", id="triage"),
        pytest.param(MERGE, Role.NONE, Mode.ACT, None, id="merge-act"),
        pytest.param(CLOSURE, Role.NONE, Mode.ACT, "after a closing I start no workflow", id="closing"),
        pytest.param(MERGE, Role.NONE, Mode.ADVISE, "by myself I start no workflow here", id="merge-advise"),
    ],
)
def test_who_may_start(trigger: Trigger, role: Role, mode: Mode, refused: str | None) -> None:
    """It takes write, or a policy that lets me act by myself; else the question is told why."""
    (one,) = wanted(prepared(trigger, mode), asker=Asker(login="ann", role=role), done=())
    assert (one.criterion, one.workflow, one.inputs) == ("suite", "suite.yml", {"depth": "full"})
    assert (one.ref, one.patience) == (AT.default_branch, timedelta(minutes=30))
    assert one.refused is None if refused is None else refused in (one.refused or "")


@pytest.mark.parametrize(
    "trigger",
    [replace(COMMAND, flags=Flags(dry_run=True)), Trigger(kind=TriggerKind.CLI, by="ann")],
    ids=["dry-run", "command-line"],
)
def test_what_starts_nothing(trigger: Trigger) -> None:
    """A dry run changes nothing, and the command line would be gone before the end."""
    assert wanted(prepared(trigger), asker=Asker(login="ann", role=Role.ADMIN), done=()) == ()


@pytest.mark.parametrize(
    ("writer", "refused"),
    [
        pytest.param(Writer(login="dora", role=Role.WRITE), None, id="write"),
        pytest.param(Writer(login="dora", role=Role.TRIAGE), "and dora, who asks for it in the", id="triage"),
        pytest.param(Writer(login=None, role=None), "and somebody whose account is gone, who", id="gone"),
        pytest.param(None, "and somebody, who asks for it in the issue's text, holds none", id="nobody"),
    ],
)
def test_who_may_start_by_the_issues_text(writer: Writer | None, refused: str | None) -> None:
    """It takes write of its writer as well: nobody borrows the asker's role."""
    found = prepared(COMMAND)
    question = found.questions[0]
    in_text = replace(question, criterion=replace(question.criterion, origin=Origin.ISSUE))
    found = replace(found, questions=(in_text,), asking=replace(found.asking, writer=writer))
    (one,) = wanted(found, asker=Asker(login="ann", role=Role.ADMIN), done=())
    assert one.refused is None if refused is None else refused in (one.refused or "")


def test_once_for_one_asking() -> None:
    """What an earlier look has started is not started again, and probes find it."""
    done = (Started(criterion="suite", at=NOW, until=NOW, run=8841),)
    assert wanted(prepared(COMMAND), asker=Asker(login="ann", role=Role.WRITE), done=done) == ()
    assert dispatched(done)[CriterionId("suite")].run == 8841


def test_without_a_branch() -> None:
    """An empty repository has nothing to start it on."""
    bare = prepared(COMMAND)
    bare = replace(bare, snapshot=replace(bare.snapshot, head=None))
    (one,) = wanted(bare, asker=Asker(login="ann", role=Role.WRITE), done=())
    assert one.refused is not None
