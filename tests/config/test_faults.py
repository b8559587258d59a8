"""Every fault of a policy file: where it is, what is wrong, what was probably meant."""

import re

import pytest

from bot.config.load import load
from bot.config.schema import FORMS
from bot.probes.registry import by_kind

PATH = ".github/resolution.yml"
Told = tuple[int, int, str, str | None]


def faults(text: str | bytes | None) -> list[Told]:
    """The text's faults: line, column, words, suggestion."""
    found = load(text, path=PATH, source="a file")
    assert found.faults, found
    assert {fault.path for fault in found.faults} == {PATH}
    return [(fault.line, fault.column, fault.text, fault.suggestion) for fault in found.faults]


FILES: dict[str, tuple[str | bytes | None, int, int, str]] = {
    "no text": (None, 1, 1, "not text, or too large"),
    "empty": ("", 1, 1, "the file is empty: begin with `version: 1`"),
    "only a comment": ("# later\n", 1, 1, "the file is empty"),
    "a word": ("hello\n", 1, 1, "not a mapping"),
    "a list": ("- version: 1\n", 1, 1, "not a mapping"),
    "not YAML": ("version: 1\n\tcriteria: []\n", 2, 1, "a tab character that violates indentation: indent with spaces"),
    "not UTF-8": (b"version: 1\nmode: \xff\n", 2, 7, "not UTF-8"),
    "no version": ("criteria: []\n", 1, 1, "'version' is missing: begin with `version: 1`"),
    "another version": ("mode: act\nversion: 99\n", 2, 10, "only 1 is"),
    "version true": ("version: true\n", 1, 10, "only 1 is"),
    "version as text": ("version: '1.0'\n", 1, 10, "only 1 is"),
    "version as a fraction": ("version: 1.0\n", 1, 10, "only 1 is"),
    "version null": ("version:\n", 1, 9, "only 1 is"),
    "another version, with other faults": ("version: 2\nmod: act\n", 1, 10, "only 1 is"),
}


@pytest.mark.parametrize(("text", "line", "column", "words"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_read_has_one_fault(text: str | bytes | None, line: int, column: int, words: str) -> None:
    """What would only follow from it is not told."""
    told = faults(text)
    assert [(line, column)] == [fault[:2] for fault in told]
    assert words in told[0][2]


SECTIONS = {
    # the second line of the file -> column, words, suggestion
    "unknown key": ("mod: act", 1, "unknown key 'mod'", "mode"),
    "unknown key far from all": ("zzzz: 1", 1, "unknown key 'zzzz': known are business_impact, claims, close", None),
    "a criterion's key": ("weight: 2", 1, "unknown key 'weight': it belongs in a criterion", None),
    "a label's key": ("close: {hold: [x]}", 9, "unknown key 'hold': it belongs under `labels`", None),
    "a key of two sections": ("guard: {mode: note}", 9, "at the top of the file, under `follow_ups` or", None),
    "an earlier name": ("close: {role: write}", 9, "write `permissions: {close: …}`", None),
    "an earlier name of a label": ("labels: {add: [x]}", 10, "write `labels: {resolved: …}`", None),
    "a condition beside its `when`": ("profiles: {hot: {criteria: [], type: Bug}}", 32, "under `when`", None),
    "unknown choice": ("mode: actt", 7, "must be one of act, advise", "act"),
    "choice in another case": ("close: {minimum_confidence: medium}", 29, "must be one of LOW, MEDIUM, HIGH", "MEDIUM"),
    "role too weak": ("permissions: {close: read}", 22, "must be one of triage, write, maintain, admin", None),
    "weaker than usual": ("permissions: {waive: write}", 22, "must be one of maintain, admin", None),
    "duration": (
        "close: {max_age: 7 days}",
        18,
        "such as 30m, 12h or 7d, at least 1m and at most 365d",
        "7d",
    ),
    "duration as a number": ("close: {max_age: 7}", 18, "must be a duration", None),
    "nested unknown key": ("labels: {resolve: [x]}", 10, "unknown key 'resolve'", "resolved"),
    "number for a list": ("labels: {resolved: 1}", 20, "must be text", None),
    "label with a comma": (
        "labels: {resolved: ['a,b']}",
        21,
        "each of `resolved` must be a label's name: one line without commas",
        None,
    ),
    "too many labels": ("labels: {hold: [a, b, c, d, e, f, g, h, i, j, k]}", 16, "must be a list of at most 10", None),
    "Norway": ("on_merge: yes", 11, "must be true or false", None),
    "login": ("trusted_bots: [a b]", 16, "must be a login such as renovate", None),
    "list for a mapping": ("business_impact: []", 18, "must be a mapping", None),
    "number for text": ("business_impact: {revenue: 5}", 28, "must be text (in quotes", None),
    "criteria as text": ("criteria: all", 11, "criteria must be a list", None),
    "profiles as a list": ("profiles: []", 11, "profiles must be a mapping", None),
    "profile name": ("profiles: {Hot Fix: {criteria: []}}", 12, "'Hot Fix' cannot be a profile's name", None),
    "profile without criteria": ("profiles: {hot: {}}", 12, "a profile needs `criteria`, and may have `when`", None),
    "unknown key in a profile": ("profiles: {hot: {criteria: [], wen: 1}}", 32, "unknown key 'wen'", "when"),
    "nothing to choose by": ("profiles: {hot: {criteria: [], when: {}}}", 38, "says nothing: give `labels`", None),
    "guard in a word": ("guard: nothing", 8, "must be one of off, note, reopen", None),
    "guard of nobody": ("guard: {poeple: note}", 9, "unknown key 'poeple'", "people"),
    "record by mail": ("record: mail", 9, "must be one of off, pull-request, branch", None),
    "a path that leaves": ("record: {learning: ../x.xml}", 20, "must be a path in the repository", None),
    "another ending": ("record: {learning: 'a/{number}.md'}", 20, "`learning` must end with `.xml`, as XML does", None),
    "the usual path in another format": (
        "record: {format: markdown, learning: 'SPEC/learnings/issue_{number}_{slug}.xml'}",
        38,
        "`learning` must end with `.md`, as Markdown does",
        None,
    ),
    "a file for all": ("record: {learning: a/learning.xml}", 20, "must have `{number}` in the file's name", None),
    "a file of CI": ("record: {summary: '.github/workflows/{number}.yml'}", 19, "none of them hidden", None),
    "unknown braces": ("record: {summary: '{title}_{number}.md'}", 19, "no braces but those of `{number}`", None),
    "a branch in full": ("record: {branch: refs/heads/x}", 18, "`branch` must be the branch's name alone", None),
    "a branch of the bot's": ("record: {branch: resolution-bot/x}", 18, "must not begin with `resolution-bot/`", None),
    "both in one place": (
        "record: {format: markdown, summary: 'spec/learnings/issue_{number}_{slug}.md'}",
        37,
        "`summary` must be another path than that of the learning document",
        None,
    ),
    "an unknown format and its path": (
        "record: {format: yaml, learning: 'a/{number}.md'}",
        18,
        "must be one of xml, markdown",
        None,
    ),
    "a promise too long": (
        "deployed: {environment: a, within: 91d}",
        36,
        "`within` must be at least 1m and at most 90d",
        None,
    ),
    "a promise of nothing": ("deployed: {within: 1d}", 1, "environment", None),
    "too many looks": ("watch: [1h, 2h, 3h, 4h, 5h, 6h]", 8, "must be a list of at most 5", None),
    "a look too late": ("watch: [9999d]", 9, "each of `watch` must be at least 1m and at most 90d", None),
    "a look twice": ("watch: [1h, 1h]", 8, "`watch` must name each moment once, and has 1h twice", None),
    "a look in two units": ("watch: [24h, 1d]", 8, "once, and has 1d and 24h, which is the same", None),
    "looks in no order": ("watch: [7d, 1h]", 8, "`watch` must be in the order of time", "[1h, 7d]"),
    "a wait for ever": ("close: {after: 999d}", 16, "`after` must be at least 1m and at most 30d", None),
    "no wait": ("close: {after: 0}", 16, "`after` must be at least 1m and at most 30d", None),
    "limits beyond all": ("limits: {seconds: 4000}", 19, "must be at most 3600", None),
    "fault inside a profile": ("profiles: {hot: {criteria: [{fil: x}]}}", 30, "unknown key 'fil'", "file"),
}


@pytest.mark.parametrize(("text", "column", "words", "meant"), SECTIONS.values(), ids=SECTIONS.keys())
def test_a_section_is_strict(text: str, column: int, words: str, meant: str | None) -> None:
    """Types, choices and keys are checked, and the fault stands at the value or key."""
    [fault] = faults(f"version: 1\n{text}\n")
    assert (2, column, meant) == (*fault[:2], fault[3])
    assert words in fault[2]


CRITERIA = {
    # the one criterion, which begins at 3:5 -> column, words, suggestion
    "a word": ("domain", 5, "a criterion must be a mapping", None),
    "nothing to ask": ("{id: a}", 5, "asks nothing: add one of", None),
    "unknown probe": ("{id: a, fille: x}", 13, "unknown key 'fille'", "file"),
    "unknown key": ("{id: a, tasks: , requird: true}", 22, "unknown key 'requird'", "required"),
    "a parameter beside its probe": ("{tasks: , query: x}", 15, "it belongs under `metric`", None),
    "a criterion's key among parameters": (
        "{file: {path: x, required: false}}",
        22,
        "unknown key 'required': it belongs in a criterion",
        None,
    ),
    "two questions": ("{id: a, file: x, tasks: }", 22, "one question: 'file' is asked already", None),
    "id with a space": ("{id: a b, tasks: }", 10, "must be at most 64 lower-case letters, digits", None),
    "id in capitals": ("{id: Domain, tasks: }", 10, "must be at most 64 lower-case letters", None),
    "id as a mention": ("{id: '@all', tasks: }", 10, "must be at most 64 lower-case letters", None),
    "empty id": ("{id: '', tasks: }", 10, "must be at most 64 lower-case letters", None),
    "id as a number": ("{id: 1, tasks: }", 10, "must be text", None),
    "two lines of title": ('{title: "a\\nb", tasks: }', 13, "must be one line", None),
    "weight nothing": ("{weight: 0, tasks: }", 14, "must be more than 0", None),
    "weight as text": ("{weight: heavy, tasks: }", 14, "must be a number", None),
    "scope": ("{scope: ops, tasks: }", 13, "must be one of development, operational", None),
    "short form missing": ("{label: bug}", 13, "label needs a mapping of parameters: `label: {", None),
    "short form of a wrong type": ("{file: 1}", 12, "must be text", None),
    "the form with what is needed": ("{changes: src}", 15, "parameters: `changes: {files: …}`", None),
    "a probe's pattern": ("{check: {name: ci, at: main}}", 28, "`at` must be `head`, or a commit's sha", None),
    "missing parameter": ("{file: {state: absent}}", 6, "'path' is missing", None),
    "unknown parameter": ("{file: {pth: x, path: y}}", 13, "unknown key 'pth'", "path"),
    "unknown nested parameter": (
        "{http: {url: 'https://example.com', json: {at: x, equal: 1}}}",
        55,
        "unknown key 'equal'",
        "equals",
    ),
    "several types": ("{file: {path: a.yml, at: x, equals: [1]}}", 41, "or true or false or a whole number", None),
    "parameters that contradict": ("{file: {path: a.yml, equals: 1}}", 6, "need `at`", None),
    "a wait too long": (
        "{deployment: {environment: a, wait: 1000d}}",
        41,
        "`wait` must be at least 1h and at most 90d, or 0",
        None,
    ),
    "another unit": (
        "{workflow: {workflow: a.yml, dispatch: {within: 90d}}}",
        53,
        "`within` must be at least 1m and at most 1d",
        "90m",
    ),
    "no moment": ("{confirmation: {within: 2 weeks}}", 29, "a duration such as 12h or 7d, at least 1h", "14d"),
    "address": ("{http: 'gopher://example.com/'}", 12, "http", None),
    "pattern": ("{code: {absent: '(', match: regex}}", 6, "", None),
}


@pytest.mark.parametrize(("text", "column", "words", "meant"), CRITERIA.values(), ids=CRITERIA.keys())
def test_a_criterion_is_strict(text: str, column: int, words: str, meant: str | None) -> None:
    """A criterion's own keys and its probe's parameters are checked alike."""
    [fault] = faults(f"version: 1\ncriteria:\n  - {text}\n")
    assert (3, column, meant) == (*fault[:2], fault[3])
    assert words in fault[2]


def patterns(schema: object) -> set[str]:
    """Every pattern that a JSON schema asks for, of values and of keys."""
    match schema:
        case dict():
            own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
            keys = set(schema.get("patternProperties", {}))
            return own | keys | {found for part in schema.values() for found in patterns(part)}
        case list():
            return {found for part in schema for found in patterns(part)}
        case _:
            return set()


@pytest.mark.parametrize("kind", sorted(by_kind()))
def test_every_pattern_has_words(kind: str) -> None:
    """Nobody is shown a regular expression that he did not write."""
    found = patterns(by_kind()[kind].params.model_json_schema())
    assert {one for one in found if not re.search(r"\)[mhdw]\)\$$", one)} <= set(FORMS)  # a duration says its bounds


def test_an_id_is_given_once() -> None:
    """Two criteria of one name could not be told apart."""
    text = "version: 1\ncriteria:\n- {id: a, tasks: }\n- {id: a, file: x}\n"
    assert faults(text) == [(4, 3, "the id 'a' is given to two criteria", None)]


def test_there_is_a_bound_on_criteria() -> None:
    """A policy is no load test."""
    told = faults("version: 1\ncriteria:\n" + "- tasks:\n" * 51)
    assert told == [(53, 3, "more than 50 criteria", None)]


def test_all_faults_are_told_in_the_order_of_the_text() -> None:
    """One commit can mend them all."""
    text = "version: 1\ncriteria:\n- {flie: x}\n- {id: A, tasks: }\nmode: actt\nclose: {rol: triage}\n"
    assert [fault[:2] for fault in faults(text)] == [(3, 4), (4, 8), (5, 7), (6, 9)]


def test_all_known_keys_are_told() -> None:
    """Whoever is far from all of them sees every one, the last in the alphabet, too."""
    [(_, _, words, _)] = faults("version: 1\ncriteria: [{qqq: x, tasks: }]\n")
    assert words.endswith("websocket, weight, workflow")
    [(_, _, words, _)] = faults("version: 1\nqqq: x\n")
    assert words.endswith("version, watch")


def test_a_list_is_not_too_short_by_its_faulty_items() -> None:
    """What is wrong with an item is told, and not that the list would be too short without it."""
    steps = "{name: a, url: 'gopher://x/'}, {name: b, url: 'https://example.com/'}"
    told = faults(f"version: 1\ncriteria: [{{journey: {{steps: [{steps}]}}}}]\n")
    assert len(told) == 1
    assert "list" not in told[0][2]
    [short] = faults("version: 1\ncriteria: [{journey: {steps: [{name: a, url: 'https://example.com/'}]}}]\n")
    assert short[2] == "`steps` must be a list of at least 2"
