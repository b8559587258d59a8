"""A server whose guard has a hole does not start: a real process, with a hole made in it."""

import os
import sys
from asyncio import create_subprocess_exec, subprocess, timeout
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HOLES = {
    "answers are not checked": "import bot.egress.sockets as it; it.refusal_of = lambda *_: None",
    "addresses are not checked": "import bot.egress.rules as it; it._address_check = lambda *_: None;"
    "import bot.egress.sockets as it; it.refusal_of = lambda *_: None",
    "redirects are not checked": "import bot.egress.guard as it; it.target_of = lambda url, _: it_parsed(url);"
    "from bot.egress.rules import _parsed as it_parsed;"
    "import bot.egress.sockets as it2; it2.host_check = lambda *_: None; it2.refusal_of = lambda *_: None",
    "sockets are not checked": "import bot.egress.connecting as it; from types import SimpleNamespace;"
    "it.host_check = lambda *_: None; it.checked_addresses = lambda host, *_: __import__('asyncio').sleep(0, (host,))",
}


def key() -> str:
    made = rsa.generate_private_key(65537, 2048)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return made.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode()


@pytest.mark.parametrize("name", HOLES)
async def test_a_server_with_a_hole_does_not_start(name, tmp_path: Path):
    """One clear line and the exit code of a start that cannot be; GitHub was not even asked."""
    settings = {
        "GITHUB_APP_ID": "1",
        "GITHUB_PRIVATE_KEY": key(),
        "GITHUB_WEBHOOK_SECRET": "0123456789abcdef0123456789abcdef",
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": "0",
    }
    code = f"import sys; {HOLES[name]}; from bot.cli.main import main; sys.argv = ['bot', 'serve']; main()"
    async with timeout(30):
        child = await create_subprocess_exec(
            sys.executable, "-c", code, env={**os.environ, **settings}, stderr=subprocess.PIPE
        )
        said = (await child.communicate())[1].decode().splitlines()
    lines = [line for line in said if not line.startswith("{")]
    assert (child.returncode, len(lines)) == (2, 1), said
    assert "was not refused: probes would reach this server's inner network; reinstall" in lines[0]
