"""Events out of messages: which one a message is, and how far a wanted order came."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.probes.events import Course, End, EventParams, event_words

PROGRESS = {"type": "progress", "data": {"share": 0.5, "state": "running"}}


def course(*wanted, at="type", strict=False) -> Course:
    events = tuple(EventParams.model_validate(one) if isinstance(one, dict) else one for one in wanted)
    return Course(wanted=events, at=at, strict=strict)


IS = {
    "name in JSON": ("progress", PROGRESS, True),
    "another name": ("done", PROGRESS, False),
    "number as name": ("5", {"type": 5}, True),
    "mapping as name": ("x", {"type": {"x": 1}}, False),
    "plain text": ("pong", "pong\n", True),
    "JSON text": ("pong", '"pong"', True),
    "part of a text": ("pong", "ping pong", False),
    "no JSON after all": ("a", '{"type": "a"', False),
    "a value": ({"json": "data.state", "equals": "running"}, PROGRESS, True),
    "another value": ({"json": "data.state", "equals": "done"}, PROGRESS, False),
    "a number": ({"json": "data.share", "min": 0.5, "max": 1}, PROGRESS, True),
    "too low": ({"json": "data.share", "min": 0.6}, PROGRESS, False),
    "a pattern": ({"json": "data.state", "matches": "^run"}, PROGRESS, True),
    "there": ({"json": "data.share"}, PROGRESS, True),
    "not there": ({"json": "data.end"}, PROGRESS, False),
    "a value of no JSON": ({"json": "data"}, "data", False),
    "a text in it": ({"contains": "running"}, PROGRESS, True),
    "no such text": ({"contains": "failed"}, PROGRESS, False),
    "both": ({"json": "type", "equals": "progress", "contains": "running"}, PROGRESS, True),
    "only one of both": ({"json": "type", "equals": "done", "contains": "running"}, PROGRESS, False),
    "deep JSON": ({"json": "a"}, "[" * 60_000, False),
}


@pytest.mark.parametrize("name", IS)
def test_which_event_a_message_is(name):
    """By the value at its place, by a text in it, or by itself."""
    wanted, message, is_it = IS[name]
    taken = course(wanted)
    taken.hear(message if isinstance(message, str) else json.dumps(message), 0.1)
    assert taken.reached == int(is_it)


def test_a_pattern_in_a_long_message_is_costly():
    """Only that: whatever else is asked of a message is known at once."""
    taken = course({"json": "type", "matches": "^a"}, {"contains": "a"}, "a")
    assert (taken.is_costly("x" * 5000), taken.is_costly("x" * 100)) == (True, False)
    for _ in range(2):
        taken.take("`a`", True, 0.1)
        assert not taken.is_costly("x" * 5000)


def test_another_place_for_the_name():
    """APIs that call it otherwise can be asked as well."""
    taken = course("agent_started", at="event.name")
    taken.hear('{"event": {"name": "agent_started"}}', 0.1)
    assert (taken.reached, taken.heard, taken.listens) == (1, [(0.1, "`agent_started`")], False)


LETTERS = st.lists(st.sampled_from("abc"), max_size=12)


@settings(max_examples=50, deadline=None)
@given(LETTERS, LETTERS)
def test_events_may_stand_between(wanted, heard):
    """An order is complete where it is a subsequence of what was heard; never otherwise."""
    taken = course(*wanted)
    rest = iter(heard)
    for letter in rest:
        if not taken.listens:
            break
        taken.hear(letter, 0.0)
    remaining = iter(heard)
    assert (taken.reached == len(wanted)) == all(letter in remaining for letter in wanted)


@settings(max_examples=50, deadline=None)
@given(LETTERS, LETTERS)
def test_strictly_nothing_stands_between(wanted, heard):
    """A strict order is complete where what was heard begins with it."""
    taken = course(*wanted, strict=True)
    for letter in heard:
        if taken.listens:
            taken.hear(letter, 0.0)
    assert (taken.reached == len(wanted)) == (heard[: len(wanted)] == wanted)
    assert taken.end in {End.DONE, End.ELSE}


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet='{}[]":\\,ab.0-é\x00\n', max_size=200))
def test_no_message_breaks_the_listener(message):
    """Whatever comes has a name, and it is short."""
    taken = course("a", {"json": "a.b[0]", "matches": "x"})
    taken.hear(message, 0.0)
    assert len(taken.heard[0][1]) < 100


WORDS = {
    "name": ("done", "`done`"),
    "value": ({"json": "a.b", "equals": 1}, "a message with `a.b` is `1`"),
    "range": ({"json": "a", "min": 1, "max": 2}, "a message with `a` is at least 1 and is at most 2"),
    "text": ({"contains": "ok"}, "a message with `ok` in it"),
}


@pytest.mark.parametrize("name", WORDS)
def test_an_event_in_words(name):
    """People read what was waited for."""
    wanted, words = WORDS[name]
    assert event_words(course(wanted).wanted[0]) == words


FAULTY = {
    "nothing": ({}, "an event needs `json`"),
    "a value of nothing": ({"contains": "a", "equals": 1}, "name its place"),
    "a place": ({"json": "$..a"}, "cannot read"),
    "a pattern": ({"json": "a", "matches": "(a{20}){20}"}, "`matches`"),
    "a range": ({"json": "a", "min": 2, "max": 1}, "greater than `max`"),
    "unknown": ({"type": "a"}, "Extra inputs"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_faulty_events_are_refused(name):
    """What cannot be recognised is told when the policy is read."""
    params, words = FAULTY[name]
    with pytest.raises(ValidationError, match=words):
        EventParams.model_validate(params)
