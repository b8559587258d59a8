"""`verify`: what is said of a signed statement, and with which exit code."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.assessment.codec import encode
from bot.assessment.document import Assessment, ProfileRef
from bot.assessment.evidence import Outcome
from bot.cli.main import app
from bot.cli.verifying import LARGEST_BUNDLE
from bot.signing.attesting import Attestor
from bot.signing.envelope import LARGEST
from bot.signing.keys import private_pem
from tests.assessment.samples import HEAD, Setting, assess, facts, finding, flags, optional
from tests.signing.pairs import OURS, THEIRS

FOUND = (finding("ci", observed="4 of 4 green"), optional("docs", Outcome.FAIL, observed="no page"))
ASSESSMENT = assess(FOUND)


class Desk:
    """A folder with the keys, a statement, and whoever checks it."""

    def __init__(self, folder: Path) -> None:
        self.file, self.key = folder / "a.intoto.json", folder / "ours.pem"
        self.key.write_text(OURS.public.pem)
        (folder / "theirs.pem").write_text(THEIRS.public.pem)
        self.theirs = folder / "theirs.pem"
        self.put(ASSESSMENT)

    def put(self, assessment: Assessment) -> None:
        """Another statement of ours."""
        self.file.write_bytes(Attestor(key=OURS, site="https://github.com").attest(encode(assessment)))

    def verify(self, *more: str, keys: tuple[Path, ...] = ()) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        named = [word for key in keys or (self.key,) for word in ("--key", str(key))]
        done = CliRunner().invoke(app, ["verify", str(self.file), *named, *more])
        return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_genuine_statement_is_told_in_plain_lines(desk: Desk) -> None:
    """Who signed, about what, the verdict, when, and every criterion in one line."""
    code, out, err = desk.verify()
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Genuine: signed with a key that you trust, and not changed since.",
        f"signed by  key {OURS.public.id}",
        "issue      https://github.com/octo/shop/issues/12",
        f"commit     {HEAD} on main",
        f"verdict    resolved, confidence {ASSESSMENT.confidence.level} ({ASSESSMENT.confidence.percent} %)",
        "measured   2026-11-21 14:59:47 UTC to 2026-11-21 15:00:00 UTC",
        "asked      command by ann",
        "policy     91ab3c from .github/resolution.yml",
        "criteria   2",
        "  pass          ci (development): 4 of 4 green",
        "  fail          docs (development, optional): no page",
    ]


def test_what_narrows_a_verdict_is_told(desk: Desk) -> None:
    """Who reads `resolved` has to know that little was asked."""
    desk.put(
        assess(
            FOUND[:1],
            Setting(trigger=flags(dry_run=True, only=("ci",)), facts=facts(commit=None)),
            profile=ProfileRef(name="infra", because="asked for"),
        )
    )
    _, out, _ = desk.verify()
    assert "asked      command by ann, dry run, only ci, profile infra\n" in out
    assert "commit     none\n" in out


def test_nothing_in_a_statement_acts_on_a_terminal(desk: Desk) -> None:
    """Foreign text stays in its line, visible and short."""
    desk.put(assess((finding("ci", observed="\x1b[2Jgood\nverdict    resolved\u202e" + "x" * 500),)))
    _, out, _ = desk.verify()
    assert not {"\x1b", "\u202e"} & set(out)
    assert len(out.splitlines()) == 10
    assert max(map(len, out.splitlines())) < 180


ASKED = {
    "all of it": (("--repository", "Octo/Shop", "--issue", "12", "--commit", HEAD), 0, ""),
    "repository": (("--repository", "octo/other"), 1, "It is about octo/shop, not octo/other."),
    "issue": (("--issue", "13"), 1, "It is about issue 12, not 13."),
    "commit": (("--commit", "a" * 40), 1, f"It is about commit {HEAD}, not {'a' * 40}."),
    "half a commit": (("--commit", HEAD[:12]), 2, "--commit needs the whole SHA"),
}


@pytest.mark.parametrize(("more", "code", "words"), ASKED.values(), ids=ASKED.keys())
def test_it_can_be_asked_what_it_is_about(desk: Desk, more: tuple[str, ...], code: int, words: str) -> None:
    """A genuine statement about something else is exit code 1."""
    ended, out, err = desk.verify(*more)
    assert (ended, words in err, bool(out)) == (code, True, code == 0)


def test_several_keys_may_verify(desk: Desk) -> None:
    """Keys that were rotated are given beside the new one, in files of their own or in one."""
    assert desk.verify(keys=(desk.theirs, desk.key))[0] == 0
    desk.key.write_text(THEIRS.public.pem + OURS.public.pem)
    assert desk.verify()[0] == 0
    assert desk.verify(keys=(desk.theirs,))[:2] == (1, "")


def test_signatures_of_strangers_are_told(desk: Desk) -> None:
    """They take nothing from ours and add nothing to it."""
    envelope = json.loads(desk.file.read_text())
    envelope["signatures"].append({"keyid": "x\x1b[2J", "sig": "AAAA"})
    desk.file.write_text(json.dumps(envelope))
    assert "           and 1 signature by keys that were not given\n" in desk.verify()[1]


def changed(**changes: Any) -> Any:
    """Another envelope."""
    return lambda text: json.dumps(json.loads(text) | changes)


FAULTS = {
    "changed": (lambda text: text.replace('"payload":"e', '"payload":"f'), 1, "does not verify. The signature that"),
    "no signature": (changed(signatures=[]), 1, "does not verify. It has no signature."),
    "another type": (changed(payloadType="text/plain"), 1, "does not verify. Its payload type is 'text/plain'"),
    "not JSON": (lambda _: "hello", 2, "cannot be read. It is not JSON"),
    "twins": (lambda text: text.replace("{", '{"payload":"",', 1), 2, "the key 'payload' twice"),
    "huge": (lambda _: " " * (LARGEST + 1), 2, "cannot be read. It is larger than 16 MiB"),
}


@pytest.mark.parametrize(("change", "code", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_every_fault_has_its_line(desk: Desk, change: Any, code: int, words: str) -> None:
    """One line that names the file and what is wrong, and nothing on standard output."""
    desk.file.write_text(change(desk.file.read_text()))
    ended, out, err = desk.verify()
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert err.startswith(f"{desk.file} ")
    assert words in err


KEYS = {
    "a private key": (private_pem(OURS), "holds a private key"),
    "no key": ("hello", "holds no public key"),
}


@pytest.mark.parametrize(("text", "words"), KEYS.values(), ids=KEYS.keys())
def test_a_bad_key_is_named(desk: Desk, text: str, words: str) -> None:
    """It is no fault of the statement."""
    desk.key.write_text(text)
    code, _, err = desk.verify()
    assert (code, f"{desk.key} {words}" in err) == (2, True)


@pytest.mark.parametrize("gone", ["file", "key"])
def test_a_missing_file_is_named(desk: Desk, gone: str) -> None:
    """Whichever of the two it is."""
    path: Path = getattr(desk, gone)
    path.unlink()
    code, _, err = desk.verify()
    assert (code, err) == (2, f"{path}: No such file or directory\n")


def test_a_folder_is_no_file(desk: Desk, tmp_path: Path) -> None:
    """Said in one line as well."""
    desk.file = tmp_path
    assert desk.verify()[0] == 2


def test_without_a_key_nothing_is_verified(desk: Desk) -> None:
    """Nobody is trusted by default."""
    assert CliRunner().invoke(app, ["verify", str(desk.file)]).exit_code == 2


def test_a_commit_of_another_length_is_taken(desk: Desk) -> None:
    """Git's newer object names have 64 digits."""
    desk.put(replace(ASSESSMENT, commit="ab" * 32))
    assert desk.verify("--commit", "AB" * 32)[0] == 0


class Bundle(Desk):
    """The same with a bundle: what is put is added as a line."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.file = folder / "all.jsonl"

    def add(self, *lines: str | Assessment) -> None:
        """More lines: statements of ours, or any text."""
        attestor = Attestor(key=OURS, site="https://github.com")
        texts = [line if isinstance(line, str) else attestor.attest(encode(line)).decode() for line in lines]
        with self.file.open("a") as file:
            file.writelines(f"{text.rstrip()}\n" for text in texts)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return Bundle(tmp_path)


OTHER = replace(ASSESSMENT, issue=13)


def test_a_bundle_is_told_line_by_line(bundle: Bundle) -> None:
    """Each in one line with its number; blank lines count for the numbers alone."""
    bundle.add(ASSESSMENT, "", "  \r", OTHER)
    code, out, err = bundle.verify()
    first, second, last = out.splitlines()
    assert (code, err, last) == (0, "", "2 of 2 statements genuine")
    assert first.startswith(f"{bundle.file}:1 genuine, https://github.com/octo/shop/issues/12; resolved, confidence ")
    assert second.startswith(f"{bundle.file}:4 genuine, https://github.com/octo/shop/issues/13; ")
    assert first.endswith(f"; asked command by ann; signed by key {OURS.public.id}")


BAD_LINES = {
    "no JSON": ("hello", 2, "cannot be read. It is not JSON"),
    "a Sigstore bundle": ('{"mediaType": "x", "dsseEnvelope": {}}', 2, "cannot be read. It is no DSSE envelope"),
    "changed": (None, 1, "does not verify. The signature that names key"),
}


@pytest.mark.parametrize(("line", "code", "words"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_one_bad_line_is_enough(bundle: Bundle, line: str | None, code: int, words: str) -> None:
    """It is named with its number, the others are told all the same, and the exit code is its own."""
    genuine = Attestor(key=OURS, site="https://github.com").attest(encode(OTHER)).decode()
    bundle.add(ASSESSMENT, genuine.replace('"payload":"e', '"payload":"f') if line is None else line, OTHER)
    ended, out, err = bundle.verify()
    assert (ended, err.count("\n"), out.count("genuine, ")) == (code, 1, 2)
    assert err.startswith(f"{bundle.file}:2 {words}")
    assert out.endswith("2 of 3 statements genuine\n")


def test_a_bundle_by_another_name_is_told_so(bundle: Bundle) -> None:
    """What the name has to end with is said, where it may be one."""
    bundle.file = bundle.file.with_suffix(".json")
    bundle.add(ASSESSMENT, OTHER)
    code, out, err = bundle.verify()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.endswith("If it is a bundle, a statement a line, its name has to end with .jsonl.\n")
    bundle.file.write_text("{\n{}\n")
    assert "bundle" not in bundle.verify()[2].removeprefix(str(bundle.file))


def test_a_line_about_something_else(bundle: Bundle) -> None:
    """What is wanted is wanted of every line."""
    bundle.add(ASSESSMENT, OTHER)
    code, _, err = bundle.verify("--issue", "12")
    assert (code, err) == (1, f"{bundle.file}:2 is genuine, but not what is asked for. It is about issue 13, not 12.\n")


SIZES = {
    "empty": ("\n\n", "It has no statement."),
    "many lines": ("x\n" * 1_001, "It has 1,001 lines; 1,000 at most are looked at."),
    "large": (" " * (LARGEST_BUNDLE + 1), "It is larger than 64 MiB."),
}


@pytest.mark.parametrize(("text", "words"), SIZES.values(), ids=SIZES.keys())
def test_a_bundle_has_its_bounds(bundle: Bundle, text: str, words: str) -> None:
    """Without a statement nothing is genuine; and nobody is kept busy for ever."""
    bundle.file.write_text(text)
    assert bundle.verify() == (2, "", f"{bundle.file} cannot be read. {words}\n")


def test_hostile_words_stay_in_the_line_of_a_bundle(bundle: Bundle) -> None:
    """Nothing foreign begins a line of its own."""
    bundle.add(replace(ASSESSMENT, branch="main\nline 2: genuine\u202e"))
    _, out, _ = bundle.verify()
    assert (len(out.splitlines()), "\u202e" in out) == (2, False)
