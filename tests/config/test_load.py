"""The policy file: rules and questions, or every fault with its place."""

from datetime import timedelta

import pytest

from bot.assessment.document import BUILT_IN
from bot.assessment.evidence import Scope
from bot.assessment.policy import ClaimsMode, ImpactPolicy, LabelPolicy, Level, Mode, Role
from bot.config.load import Broken, Loaded, built_in, load
from bot.probes.code import CodeParams
from bot.probes.commit import CommitParams
from bot.probes.file import FileParams
from bot.probes.registry import catalogue
from bot.probes.tasks import TasksParams

PATH = ".github/resolution.yml"


def loaded(text: str) -> Loaded:
    """The policy in the text, which has no fault."""
    found = load(text, path=PATH, source="a file")
    assert isinstance(found, Loaded), found
    return found


def faults(text: str | bytes | None) -> list[tuple[int, int, str, str | None]]:
    """The text's faults: line, column, words, suggestion."""
    found = load(text, path=PATH, source="a file")
    assert isinstance(found, Broken | Loaded)
    assert {fault.path for fault in found.faults} == {PATH}
    return [(fault.line, fault.column, fault.text, fault.suggestion) for fault in found.faults]


def one(criterion: str) -> list[tuple[int, int, str, str | None]]:
    """The faults of a file with one criterion, which stands on line 3 from column 5."""
    return faults(f"version: 1\ncriteria:\n  - {criterion}\n")


EVERYTHING = """\
version: 1
mode: act
claims: advise
close: {minimum_confidence: HIGH, max_age: 2w, after: 24h}
permissions: {close: write, waive: admin}
labels: {resolved: [development-complete], remove: [actively-being-worked-on], hold: [do-not-close]}
on_merge: false
trusted_bots: ["renovate[bot]", mergify]
business_impact: {segment: Platform, revenue: "$500K+ ARR"}
profiles:
  hotfix:
    criteria: [check: ci]
criteria:
  - id: domain
    title: Domain migration
    category: Code
    scope: operational
    required: false
    weight: 2
    before: false
    code: {absent: ".staging.example.com", include: ["**"]}
  - file: shared/domain_config.py
"""


def test_every_rule_is_read() -> None:
    """The file's sections become the core's policy."""
    policy = loaded(EVERYTHING).policy
    assert (policy.mode, policy.claims, policy.on_merge) == (Mode.ACT, ClaimsMode.ADVISE, False)
    assert (policy.minimum_confidence, policy.close_role) == (Level.HIGH, Role.WRITE)
    assert policy.max_age == timedelta(weeks=2)
    assert policy.labels == LabelPolicy(
        resolved=("development-complete",), remove=("actively-being-worked-on",), hold=("do-not-close",)
    )
    assert policy.trusted_bots == ("renovate", "mergify")
    assert policy.impact == ImpactPolicy(segment="Platform", revenue="$500K+ ARR")
    assert policy.source == "a file"


def test_a_criterion_is_read() -> None:
    """What a criterion says of itself, and its probe's parameters."""
    question = loaded(EVERYTHING).questions[0]
    criterion = question.criterion
    assert (criterion.id, criterion.title, criterion.category) == ("domain", "Domain migration", "Code")
    assert (criterion.kind, criterion.scope, criterion.required) == ("code", Scope.OPERATIONAL, False)
    assert (criterion.weight, question.ask_before) == (2.0, False)
    assert question.params == CodeParams(absent=(".staging.example.com",), include=("**",))


def test_a_profile_is_another_set_of_questions() -> None:
    """A profile is chosen by the command's argument."""
    [profile] = loaded(EVERYTHING).profiles
    assert (profile.name, profile.when) == ("hotfix", None)
    assert [question.criterion.id for question in profile.questions] == ["check-ci"]


def test_the_short_form_names_the_one_parameter() -> None:
    """`file: x` asks for that file; nothing behind a kind asks with its defaults; ids are made and kept apart."""
    questions = loaded(
        "version: 1\ncriteria:\n- file: a/b.py\n- tasks:\n- commit: 85375b936\n- file: a/b.py\n"
    ).questions
    assert [question.params for question in questions] == [
        FileParams(path="a/b.py"),
        TasksParams(),
        CommitParams(sha="85375b936"),
        FileParams(path="a/b.py"),
    ]
    assert [q.criterion.id for q in questions] == ["file-a-b-py", "tasks", "commit-85375b936", "file-a-b-py-2"]
    assert questions[0].criterion.title == "File a/b.py"


def test_a_criterion_without_a_title_is_called_by_what_it_asks_about() -> None:
    """Short or at length; only where nothing says it by its id."""
    questions = loaded(
        "version: 1\ncriteria:\n- file: {path: a/b.py, state: absent}\n- label: {absent: [x]}\n- check: {name: unit}\n"
    ).questions
    assert [q.criterion.title for q in questions] == ["File a/b.py", "Label label", "Check unit"]
    assert [q.criterion.id for q in questions] == ["file", "label", "check"]


def test_a_made_id_gives_way_to_a_given_one() -> None:
    """Whoever names a criterion keeps the name, also when a made one comes first."""
    questions = loaded("version: 1\ncriteria:\n- tasks:\n- {id: tasks, label: {absent: [x]}}\n").questions
    assert [question.criterion.id for question in questions] == ["tasks-2", "tasks"]


def test_what_a_file_leaves_out_is_built_in() -> None:
    """A file may change one rule and leave the questions alone."""
    found = loaded("version: 1\nmode: act\n")
    assert found.questions == built_in().questions
    assert found.policy.claims is ClaimsMode.REQUIRE


def test_no_questions_is_a_choice() -> None:
    """An empty list asks nothing but the claims."""
    assert loaded("version: 1\ncriteria: []\n").questions == ()


def test_the_built_in_policy_asks_what_every_repository_can_answer() -> None:
    """Pull requests, CI, task list, sub-issues and blockers; all required, none acting by itself."""
    found = built_in()
    assert [q.criterion.id for q in found.questions] == ["pulls", "ci", "tasks", "sub-issues", "blockers"]
    assert all(question.criterion.required for question in found.questions)
    assert (found.policy.source, found.policy.mode) == (BUILT_IN, Mode.ADVISE)


def test_the_digest_is_of_what_is_decided() -> None:
    """Comments, order of keys and the file's name change nothing; a rule does."""
    first = loaded("version: 1\nmode: act\nclaims: off\n").policy.digest
    same = load("# why\nclaims: 'off'\nmode: act\nversion: 1\n", path="x", source="elsewhere")
    assert isinstance(same, Loaded)
    assert same.policy.digest == first
    assert loaded("version: 1\nmode: act\n").policy.digest != first
    assert len(first) == 16


@pytest.mark.parametrize("probe", catalogue(), ids=lambda probe: probe.kind)
def test_every_probes_example_is_a_criterion(probe: object) -> None:
    """What the manual shows can be pasted into a policy."""
    example = probe.manual.example  # type: ignore[attr-defined]
    text = "version: 1\ncriteria:\n" + "".join(f"  {line}\n" for line in example.strip().splitlines())
    assert loaded(text).questions[0].criterion.kind == probe.kind  # type: ignore[attr-defined]
