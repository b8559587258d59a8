"""What is sound and may still not be meant."""

import pytest

from bot.config.inherit import File, load_over
from bot.config.lint import lint, linted

DANGEROUS = {
    "nothing is required": ("claims: off\ncriteria: [{required: false, tasks: }]", 3, "nothing is required"),
    "only operational": ("claims: advise\ncriteria: [{scope: operational, tasks: }]", 3, "nothing is required"),
    "a profile that requires nothing": ("claims: off\nprofiles:\n  q: {criteria: [tasks: ]}\n  p: {criteria: []}", 5,
                                        "`p` requires nothing: no criterion decides"),
    "a profile of claims alone": ("profiles:\n  p: {criteria: []}", 3,
                                  "`p` requires nothing: the claims in closing statements would decide alone"),
    "a profile that acts on claims alone": ("mode: act\nprofiles:\n  p.q: {criteria: []}", 4,
                                            "in the profile `p.q` by itself it closes on claims alone"),
    "acting on claims alone": ("criteria: []\nmode: act", 3, "by itself it closes on claims alone"),
    "claims alone": ("criteria: []", 2, "the claims in closing statements would decide alone"),
    "old evidence": ("close:\n  after: null\n  max_age: 90d", 4, "evidence that is 90 days old"),
    "a label that holds": ("labels:\n  hold: done\n  resolved: done", 4, "holds the issue open the next time"),
    "a waiting label that holds": ("labels:\n  hold: Busy\n  pending: busy", 4, "that waits puts on the label busy"),
    "a label that comes and goes": ("labels:\n  remove: done\n  resolved: done", 4, "and takes it off"),
    "any confidence": ("close:\n  max_age: 1d\n  minimum_confidence: LOW", 4, "closes on any confidence"),
    "a look too soon": ("watch: [1m, 1h]", 2, "sees the same as the closing did"),
    "a guard that only advises": ("claims: off\nguard: {bots: reopen}", 3, "`guard: reopen` only notes in `mode:"),
    "deployed too soon": ("deployed: {environment: a, within: 59m}", 2, "hardly a deployment ends so soon"),
    "a record of nothing": ("mode: act\nrecord:\n  format: xml", 4, "`record` has settings and no `mode`"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), DANGEROUS.values(), ids=DANGEROUS.keys())
def test_a_warning_stands_at_its_key(text: str, line: int, words: str) -> None:
    """The file is sound; what to look at is said where it stands."""
    linted = lint(f"version: 1\n{text}\n", path="p")
    assert (linted.faults, linted.loaded is not None) == ((), True)
    [warning] = [one for one in linted.warnings if words in one.text]
    assert (warning.path, warning.line) == ("p", line)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mode: act",
        "criteria: [file: a]\nclaims: off\nmode: act",
        "guard: off",
        "guard: note",
        "mode: act\nguard: {people: note, bots: reopen, holding: silent}",
        "mode: act\nprofiles: {p: {criteria: [tasks: ]}}",
        "follow_ups: file",
        "close: {after: 24h}",
        "record: off",
        "record: {mode: off, format: markdown}",
        "record: {mode: branch, branch: lessons}",
    ],
)
def test_what_is_usual_is_not_warned_of(text: str) -> None:
    """A warning that everybody gets is read by nobody."""
    assert lint(f"version: 1\n{text}\n", path="p").warnings == ()


@pytest.mark.parametrize(
    ("own", "above", "place"),
    [
        ("labels:\n  hold: done", "labels:\n  resolved: done", ("own", 3)),
        ("labels:\n  resolved: done", "labels:\n  hold: done", ("own", 3)),
        ("mode: advise", "labels:\n  resolved: done\n  hold: done", ("above", 3)),
        ("criteria: []", "mode: act\ninherit: {acting: true}", ("own", 2)),
        ("mode: act", "criteria: []", ("own", 2)),
    ],
)
def test_what_two_files_make_dangerous_together(own: str, above: str, place: tuple[str, int]) -> None:
    """Stands in the repository's, where that has a part in it: there somebody can see to it."""
    files = [
        File(text=f"version: 1\n{text}\n", path=path, source="") for text, path in ((own, "own"), (above, "above"))
    ]
    (warning,) = linted(load_over(*files), path="own").warnings
    assert place == (warning.path, warning.line)


@pytest.mark.parametrize(("text", "warned"), [("{id: a, fil: x}", 0), ("{id: a, fil: x, required: false}", 1)])
def test_a_faulty_criterion_decides(text: str, warned: int) -> None:
    """It keeps the issue open, unless it is not required."""
    assert len(lint(f"version: 1\nclaims: off\ncriteria: [{text}]\n", path="p").warnings) == warned


def test_faults_come_with_what_is_sound() -> None:
    """One faulty criterion leaves the rest to be looked at; a file that cannot be used has nothing else."""
    some = lint("version: 1\ncriteria: [{fil: x}, {tasks: }]\n", path="p")
    assert (len(some.faults), some.loaded is not None and len(some.loaded.questions)) == (1, 1)
    none = lint(None, path="p")
    assert ([fault.line for fault in none.faults], none.loaded) == ([1], None)
