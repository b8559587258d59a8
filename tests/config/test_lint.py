"""What is sound and may still not be meant."""

import pytest

from bot.config.lint import lint

DANGEROUS = {
    "nothing is required": ("claims: off\ncriteria: [{required: false, tasks: }]", 3, "nothing is required"),
    "only operational": ("claims: advise\ncriteria: [{scope: operational, tasks: }]", 3, "nothing is required"),
    "a profile that requires nothing": ("claims: off\nprofiles: {p: {criteria: []}}", 3, "`p` requires nothing"),
    "acting on claims alone": ("criteria: []\nmode: act", 3, "close on claims alone"),
    "claims alone": ("criteria: []", 2, "the claims in closing statements would decide alone"),
    "old evidence": ("close: {max_age: 90d}", 2, "evidence that is 90 days old"),
    "a label that holds": ("labels: {resolved: done, hold: done}", 2, "holds the issue open the next time"),
    "a label that comes and goes": ("labels: {resolved: done, remove: done}", 2, "and takes it off"),
    "any confidence": ("close: {minimum_confidence: LOW}", 2, "closes on any confidence"),
    "a look too soon": ("watch: [1m, 1h]", 2, "sees the same as the closing did"),
    "guard": ("guard: reopen", 2, "`guard` is understood, but this version does not do it yet"),
    "follow-ups": ("follow_ups: file", 2, "`follow_ups` is understood"),
    "record": ("record: branch", 2, "`record` is understood"),
    "cross references": ("cross_reference: true", 2, "`cross_reference` is understood"),
    "grace": ("close: {after: 24h}", 2, "`close: {after: …}` is understood"),
}


@pytest.mark.parametrize(("text", "line", "words"), DANGEROUS.values(), ids=DANGEROUS.keys())
def test_a_warning_stands_at_its_key(text: str, line: int, words: str) -> None:
    """The file is sound; what to look at is said where it stands."""
    linted = lint(f"version: 1\n{text}\n", path="p")
    assert (linted.faults, linted.loaded is not None) == ((), True)
    [warning] = [one for one in linted.warnings if words in one.text]
    assert (warning.path, warning.line) == ("p", line)


@pytest.mark.parametrize("text", ["", "mode: act", "criteria: [file: a]\nclaims: off\nmode: act", "guard: off"])
def test_what_is_usual_is_not_warned_of(text: str) -> None:
    """A warning that everybody gets is read by nobody."""
    assert lint(f"version: 1\n{text}\n", path="p").warnings == ()


def test_faults_come_with_what_is_sound() -> None:
    """One faulty criterion leaves the rest to be looked at; a file that cannot be used has nothing else."""
    some = lint("version: 1\ncriteria: [{fil: x}, {tasks: }]\n", path="p")
    assert (len(some.faults), some.loaded is not None and len(some.loaded.questions)) == (1, 1)
    none = lint(None, path="p")
    assert ([fault.line for fault in none.faults], none.loaded) == ([1], None)
