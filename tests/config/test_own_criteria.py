"""A block with criteria for one issue: what it asks, and where it is wrong."""

import pytest

from bot.config.own_criteria import MOST, faults_of_block, read_block

ONE = "- {id: a, file: a.md}"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param(ONE, ["a"], id="list"),
        pytest.param(f"criteria:\n  {ONE}", ["a"], id="mapping"),
        pytest.param(f"version: 1\ncriteria:\n{ONE}\n- tasks:", ["a", "tasks"], id="with-a-version"),
        pytest.param("- file: taken\n- {file: taken}", ["file-taken-2", "file-taken-3"], id="made-ids-give-way"),
        pytest.param("- tasks:\n" * MOST, ["tasks", *(f"tasks-{n}" for n in range(2, MOST + 1))], id="as-many-as-may"),
    ],
)
def test_what_is_asked(text: str, ids: list[str]) -> None:
    """As in the policy file, with or without its heading."""
    read = read_block(text, path="b", taken=frozenset({"file-taken"}))
    assert faults_of_block(read) == ()
    assert ids == [one.criterion.id for one in read.questions]


WRITE = "write a list of criteria, or a mapping with `criteria:`"
CLOSE = "close the bracket or brace that was opened before"
TOO_MANY = "what asks more belongs into .github/resolution.yml"
ELSEWHERE = "only `criteria` may stand here; the rest belongs into .github/resolution.yml"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param("", [f"1:1 the block is empty: {WRITE}"], id="empty"),
        pytest.param("words", [f"1:1 the block is neither: {WRITE}"], id="words"),
        pytest.param("- {file: a", [f"2:1 did not find expected ',' or '}}': {CLOSE}"], id="no-yaml"),
        pytest.param("criteria:\n\t- tasks:", ["2:1 a tab cannot indent: indent with spaces"], id="tab"),
        pytest.param(f"mode: act\ncriteria:\n  {ONE}\nprofiles: {{}}", [f"1:1 {ELSEWHERE}", f"4:1 {ELSEWHERE}"],
                     id="a-whole-policys"),
        pytest.param("criterias: []", ["1:1 unknown key 'criterias'"], id="unknown"),
        pytest.param("file: a.md", ["1:1 a criterion stands in a list: begin the line with `- file:`"], id="bare"),
        pytest.param(f"version: 2\ncriteria:\n{ONE}", ["1:10 this version of the policy is not known: only 1 is"],
                     id="another-version"),
        pytest.param(f"version: '1'\ncriteria:\n{ONE}", ["1:10 this version of the policy is not known: only 1 is"],
                     id="a-version-in-quotes"),
        pytest.param("version: 1", ["1:1 'criteria' is missing"], id="no-criteria"),
        pytest.param("criteria: all", ["1:11 criteria must be a list"], id="no-list"),
        pytest.param("criteria: []", ["1:11 the list is empty: it asks nothing"], id="empty-list"),
        pytest.param("- tasks:\n" * 21, [f"21:3 more than 20 criteria for one issue: {TOO_MANY}"], id="too-many"),
        pytest.param("- {id: taken, tasks: }\n- {id: b, fil: a}\n- {id: b, tasks: }\n- {id: b, tasks: }",
                     ["1:3 the id 'taken' is taken already: choose another", "2:11 unknown key 'fil'",
                      "3:3 the id 'b' is given to two criteria", "4:3 the id 'b' is given to two criteria"], id="ids"),
    ],
)  # fmt: skip
def test_what_is_wrong(text: str, faults: list[str]) -> None:
    """Every fault at once, with its place in the block."""
    found = faults_of_block(read_block(text, path="b", taken=frozenset({"taken"})))
    assert faults == [f"{fault.line}:{fault.column} {fault.text}" for fault in found]


def test_sound_criteria_stay_beside_what_is_wrong() -> None:
    """A fault does not take the others with it."""
    read = read_block(f"mode: act\ncriteria:\n  {ONE}\n  - {{id: b, fil: x}}", path="b")
    assert [one.criterion.id for one in read.questions] == ["a"]
    assert [one.criterion.id for one in read.faulty] == ["b"]


def test_room_is_what_others_left() -> None:
    """Where others have asked already, less may be asked."""
    assert read_block(ONE, path="b", room=1).faults == ()
    (fault,) = read_block(ONE, path="b", room=0).faults
    assert (fault.line, fault.column) == (1, 3)
