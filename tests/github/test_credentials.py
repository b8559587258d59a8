"""Keys are read once, JWTs are reused, and no secret ever prints itself."""

import logging
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from bot.github.credentials import AppJwt, PersonToken, Secret, load_app_key

from .stand_in import NOON, app_key, pem


def test_a_secret_never_prints_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Neither alone nor within other values nor in a log line."""
    secret = Secret("ghs_canary")
    logging.getLogger("x").warning("%s %r", secret, PersonToken(token=secret))
    texts = [repr(secret), str(secret), f"{secret}", repr([secret]), repr(app_key()), caplog.text]
    assert not [text for text in texts if "canary" in text or "RSA" in text]


@pytest.mark.parametrize("spoil", [str.strip, lambda text: text.replace("\n", "\\n")], ids=["plain", "one line"])
def test_a_key_is_read_as_environments_hold_it(spoil: "type[str]") -> None:
    """With real line ends, or with backslash-n."""
    assert load_app_key("7", spoil(pem())).key.key_size == 2048


def test_bad_keys_are_named_without_showing_them() -> None:
    """Garbage, an encrypted key and a key of another kind are each a ValueError with one sentence."""
    private = ec.generate_private_key(ec.SECP256R1())
    other = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    locked = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()
    for bad in ("", "canary", other, locked, pem()[:200]):
        with pytest.raises(ValueError, match="private key is not") as caught:
            load_app_key("7", bad)
        assert "canary" not in str(caught.value)


def test_a_jwt_says_what_github_asks_for() -> None:
    """Signed by the app's key, back-dated by a minute, at most ten minutes long."""
    token = AppJwt(app_key()).at(NOON)
    claims = jwt.decode(
        token.value,
        app_key().key.public_key(),
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims == {"iss": "7", "iat": NOON.timestamp() - 60, "exp": NOON.timestamp() + 480}


@pytest.mark.parametrize(
    ("after", "same"),
    [(0, True), (6, True), (8, False), (-30, False)],
    ids=["at once", "6 min", "8 min", "clock went back"],
)
def test_a_jwt_is_reused_while_it_lasts(after: int, same: bool) -> None:
    """Seven minutes, and never outside its validity."""
    signer = AppJwt(app_key())
    assert same == (signer.at(NOON) == signer.at(NOON + timedelta(minutes=after)))
