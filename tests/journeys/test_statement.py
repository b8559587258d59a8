"""An assessment that leaves with a signature: exported by its link, checked by somebody else, refused once changed."""

import base64
import json
from pathlib import Path

from bot.signing.keys import private_pem
from tests.cli.test_assessing import TOKENS, bot
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, get, world
from tests.signing.pairs import OURS, THEIRS


async def test_a_statement_travels(on_stage: Staging, shas: Shas, tmp_path: Path) -> None:
    """What the link gives verifies with the key that the server gives, for that issue and commit and no other."""
    file, key = tmp_path / "a.intoto.json", tmp_path / "key.pem"
    async with on_stage(world(shas), ATTESTATION_KEY=private_pem(OURS)) as stage:
        issue = await stage.command("Created `service/monitoring.py`.\n\n/assess-resolution")
        link = answers(issue)[-1].split("](https://bot.example.com")[-1].split(")")[0]
        page = (await get(stage.url + link)).text
        target = next(part.split('"')[0] for part in page.split('href="') if ".intoto.json" in part.split('"')[0])
        file.write_bytes((await get(stage.url + target.replace("&amp;", "&"))).content)
        key.write_text((await get(f"{stage.url}/attestation-key.pem")).text)
    known = ("--repository", REPO, "--issue", "1", "--commit", shas.head)
    done = await bot("verify", str(file), "--key", str(key), *known)
    assert (done.code, done.err) == (0, "")
    for words in (OURS.public.id, f"/{REPO}/issues/1", shas.head, "verdict    resolved", "service/monitoring.py"):
        assert words in done.out
    assert (await bot("verify", str(file), "--key", str(key), "--issue", "2")).code == 1
    await _refused_once_changed(file, key)


async def _refused_once_changed(file: Path, key: Path) -> None:
    """A forger makes the issue another one, in the subject and in the predicate."""
    envelope = json.loads(file.read_text())
    payload = base64.b64decode(envelope["payload"])
    forged = payload.replace(b"/issues/1", b"/issues/7").replace(b'"issue":1,', b'"issue":7,')
    assert forged != payload
    file.write_text(json.dumps(envelope | {"payload": base64.b64encode(forged).decode()}))
    done = await bot("verify", str(file), "--key", str(key))
    assert (done.code, done.out) == (1, "")
    assert "the statement or the signature was changed" in done.err


async def test_a_person_signs_too(on_stage: Staging, shas: Shas, tmp_path: Path) -> None:
    """`assess --statement` writes what `verify` takes, signed with the person's own key."""
    file, key = tmp_path / "a.intoto.json", tmp_path / "theirs.pem"
    key.write_text(THEIRS.public.pem)
    async with on_stage(world(shas) | {"tokens": TOKENS}) as stage:
        settings = {
            "GITHUB_API_URL": stage.github.url,
            "GITHUB_TOKEN": "tok-ann",
            "ATTESTATION_KEY": private_pem(THEIRS),
        }
        assessed = await bot("assess", f"{REPO}#1", "--dry-run", "--statement", str(file), **settings)
    assert (assessed.code, assessed.err) == (0, "")
    done = await bot("verify", str(file), "--key", str(key))
    assert (done.code, "cli by ann, dry run" in done.out) == (0, True)
