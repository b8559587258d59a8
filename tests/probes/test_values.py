"""Values in structured data: places and comparisons."""

import random

import pytest

from bot.probes.values import MOST_MATCHED, Wanted, compare, lookup, spelled, steps

PLACES = {
    "a": ("a",),
    "a.b": ("a", "b"),
    "a[0].b": ("a", 0, "b"),
    "[2]": (2,),
    "a[-1]": ("a", -1),
    'a."b.c".d': ("a", "b.c", "d"),
    "'x y'.z": ("x y", "z"),
    "spec.template.metadata.labels.'app.kubernetes.io/name'": (
        "spec",
        "template",
        "metadata",
        "labels",
        "app.kubernetes.io/name",
    ),
    "a-b.c_d": ("a-b", "c_d"),
}


@pytest.mark.parametrize("at", PLACES)
def test_a_place_is_keys_and_indexes(at):
    """Dots, indexes in brackets, and quotes for keys with dots."""
    assert steps(at) == PLACES[at]


@pytest.mark.parametrize("at", ["a..b", ".a", "a.", "a[", "a[x]", "a]b", 'a."b', "a[0]b", "a[99999999]"])
def test_a_place_that_cannot_be_read_is_refused(at):
    """With the character where it goes wrong."""
    with pytest.raises(ValueError, match="from character"):
        steps(at)


DATA = {"a": {"b": [1, {"c": None}]}, "x.y": "text"}
LOOKUPS = {
    "a.b[0]": "`1`",
    "a.b[-2]": "`1`",
    "a.b[1].c": "`null`",
    '"x.y"': "`text`",
    "a": "`a mapping with 1 keys`",
    "a.b": "`a list of 2`",
    "a.b[2]": None,
    "a.b.c": None,
    "a.z": None,
    '"x.y"[0]': None,
    "a[0]": None,
}


@pytest.mark.parametrize("at", LOOKUPS)
def test_a_value_is_looked_up(at):
    """A null that stands there is not the same as nothing."""
    found = lookup(DATA, at)
    assert (None if found is None else spelled(found.scalar)) == LOOKUPS[at]


COMPARED = {
    "equal number": (600, {"equals": 600}, None),
    "equal across types": (600.0, {"equals": 600}, None),
    "text of a number": ("600", {"equals": 600}, None),
    "other": (60, {"equals": 600}, "it is `60`"),
    "truth in an INI file": ("True", {"equals": True}, None),
    "one is not true": (1, {"equals": True}, "it is `1`"),
    "null": (None, {"equals": "null"}, None),
    "pattern": ("v2.1.0", {"matches": r"^v2\."}, None),
    "no match": ("v3", {"matches": r"^v2\."}, "`v3` does not match"),
    "at least": (98.7, {"least": 98}, None),
    "too little": (91.2, {"least": 98}, "`91.2` is less than 98"),
    "too much": ("700", {"most": 600}, "`700` is more than 600"),
    "both bounds": (5, {"least": 1, "most": 9}, None),
    "no number": ("600s", {"least": 60}, "`600s` is not a number"),
    "true is no number": (True, {"least": 0}, "`true` is not a number"),
    "not a number": ("nan", {"least": 0}, "`nan` is not a number"),
    "huge": (10**400, {"least": 0}, "is not a number"),
    "nothing asked": (None, {}, None),
}


@pytest.mark.parametrize("name", COMPARED)
def test_a_value_is_compared(name):
    """Numbers by value, texts by letters, units never guessed."""
    value, wanted, fault = COMPARED[name]
    said = compare(value, Wanted(**wanted))
    assert said == fault or (fault and said and said.endswith(fault))


def test_conditions_are_told_in_words():
    """As they stand in the answer."""
    wanted = Wanted(equals=1, matches="x", least=0.5, most=2)
    assert wanted.words == "is `1` and matches `x` and is at least 0.5 and is at most 2"
    assert Wanted().words == "is there"


def test_long_and_empty_values_are_shown_short():
    """A value may be a whole certificate."""
    assert spelled("x" * 500) == f"`{'x' * 80}…`"
    assert spelled("a\n\nb") == "`a b`"
    assert spelled("") == "an empty text"
    assert spelled("x" + " " * 5000 + "y") == "`x…`"


@pytest.mark.parametrize(
    "wanted", [{"matches": "("}, {"matches": "a{9999}"}, {"matches": "(a{20}){20}"}, {"least": 2, "most": 1}]
)
def test_conditions_that_cannot_hold_are_refused(wanted):
    """When the policy is read."""
    with pytest.raises(ValueError, match="`m"):
        Wanted(**wanted).check("a")


def test_an_expensive_pattern_writes_nothing_to_standard_error(capfd):
    """What a stranger's pattern costs is no news for this server's log, which he could fill with it."""
    text = "".join(random.Random(7).choices("ab", k=MOST_MATCHED))
    assert compare(text, Wanted(matches="[ab]*a[ab]{190}c")) is not None
    assert capfd.readouterr().err == ""
