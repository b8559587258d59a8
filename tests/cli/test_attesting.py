"""`attestation-key` and `export`, and statements out of `assess`."""

import stat
from pathlib import Path

import pytest

from bot.assessment.codec import encode
from bot.cli.attesting import run_key
from bot.engine import running_engine
from bot.signing.attesting import opened
from bot.signing.keys import load_public_keys, load_signing_key, private_pem
from tests.assessment.samples import assess, finding
from tests.cli.test_assessing import bot
from tests.engine.world import Events, hurried, now
from tests.signing.pairs import OURS

ASSESSMENT = assess((finding("ci"),))
SEED = bytes(range(32))


def test_a_key_pair_is_made(tmp_path: Path) -> None:
    """The private half for nobody else, the public half alone on standard output, its id and the next step beside."""
    file, out, err = tmp_path / "key.pem", list[str](), list[str]()
    assert run_key(file, SEED, out.append, err.append) == 0
    pair = load_signing_key(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_public_keys("\n".join(out)) == (pair.public,)
    assert f"key {pair.public.id}" in err
    assert "ATTESTATION_KEY_PATH" in err[-1]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """Statements may be signed with it."""
    file, said = tmp_path / "key.pem", list[str]()
    file.write_text("precious")
    assert run_key(file, SEED, said.append, said.append) == 2
    assert (file.read_text(), len(said), "is there already" in said[0]) == ("precious", 1, True)


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    """Nothing is signed with it, and nothing is put into it."""
    said: list[str] = []
    assert run_key(tmp_path, SEED, said.append, said.append) == 2
    assert (said, list(tmp_path.iterdir())) == ([f"{tmp_path} is a directory: name another file"], [])


def test_a_key_needs_a_folder(tmp_path: Path) -> None:
    """What the system says is passed on."""
    said: list[str] = []
    assert run_key(tmp_path / "absent" / "key.pem", SEED, said.append, said.append) == 2
    assert said == [f"{tmp_path / 'absent' / 'key.pem'}: No such file or directory"]


async def test_an_export_out_of_the_store(tmp_path: Path) -> None:
    """While the server works on the same folder."""
    out = tmp_path / "a.intoto.json"
    async with running_engine(hurried(tmp_path / "data"), {}, clock=now, on_event=Events()) as engine:
        await engine.archive.save(ASSESSMENT.id, "octo/shop", 12, encode(ASSESSMENT), now())
        settings = {"DATA_DIR": str(tmp_path / "data"), "ATTESTATION_KEY": private_pem(OURS)}
        done = await bot("export", ASSESSMENT.id, "--out", str(out), **settings)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert opened(out.read_bytes(), (OURS.public,)).statement.assessment == ASSESSMENT


KEY = {"ATTESTATION_KEY": private_pem(OURS)}
REFUSED = {
    "no key": ({}, "There is no key to sign with: `python -m bot attestation-key FILE` makes one"),
    "no such assessment": (KEY, "There is no assessment a-other"),
    "no database": (KEY | {"DATA_DIR": "/nowhere"}, "look at DATA_DIR and DATABASE_URL"),
    "another kind of key": (
        {"ATTESTATION_KEY": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"},
        "the attestation key is not an unencrypted PEM key",
    ),
    "a faulty setting": (KEY | {"DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with postgresql://"),
}


@pytest.mark.parametrize(("settings", "words"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_cannot_be_exported_is_said(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    """In one line, with exit code 2, and no file is left."""
    out = tmp_path / "a.intoto.json"
    async with running_engine(hurried(tmp_path / "data"), {}, clock=now, on_event=Events()) as engine:
        await engine.archive.save(ASSESSMENT.id, "octo/shop", 12, encode(ASSESSMENT), now())
    done = await bot("export", "a-other", "--out", str(out), **{"DATA_DIR": str(tmp_path / "data"), **settings})
    assert (done.code, words in done.err, done.err.count("\n"), out.exists()) == (2, True, 1, False)


async def test_a_statement_without_a_key_is_refused_beforehand() -> None:
    """Before GitHub is asked anything: what cannot be signed need not be measured."""
    done = await bot(
        "assess", "o/r#1", "--statement", "a.json", GITHUB_TOKEN="t0ken", GITHUB_API_URL="http://127.0.0.1:9"
    )
    assert (done.code, done.err.startswith("There is no key to sign with")) == (2, True)
