"""Who we are to GitHub: an App with its private key, or a person with a token. Secrets never print themselves.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

CLOCK_SKEW = timedelta(seconds=60)
JWT_LIFE = timedelta(minutes=9)  # GitHub allows ten
JWT_REUSE = timedelta(minutes=7)  # counted from signing; with the back-dating, 8 of the 9 minutes


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that must not be seen: `repr`, `str` and formatting give `***`."""

    value: str

    def __repr__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AppKey:
    """A GitHub App: its id (or client id) and its private key, read once."""

    app_id: str
    key: RSAPrivateKey

    def __repr__(self) -> str:
        return f"AppKey(app_id={self.app_id!r}, key=***)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonToken:
    """A person's own token, for the command line."""

    token: Secret


Credentials = AppKey | PersonToken


def load_app_key(app_id: str, pem: str) -> AppKey:
    r"""The App's key out of PEM text (`\n` may be written as two characters, as environment files do).

    Raises `ValueError` with one sentence for the operator; the text of the key is never part of it.
    """
    try:
        key = load_pem_private_key(pem.replace("\\n", "\n").strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("the GitHub App's private key is not an unencrypted PEM key") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the GitHub App's private key is not an RSA key")  # noqa: TRY004 - the operator's value is wrong
    return AppKey(app_id=app_id, key=key)


class AppJwt:
    """Signs the App's own short-lived token, and reuses it for some minutes (signing costs 240 µs, loading 29 ms)."""

    def __init__(self, app: AppKey) -> None:
        self._app = app
        self._signed: tuple[Secret, datetime] | None = None

    def at(self, now: datetime) -> Secret:
        """A JWT that is valid at `now` and for at least a minute more."""
        if self._signed is not None:
            token, until = self._signed
            if until - JWT_REUSE <= now < until:
                return token
        claims: dict[str, int | str] = {
            "iat": int((now - CLOCK_SKEW).timestamp()),
            "exp": int((now - CLOCK_SKEW + JWT_LIFE).timestamp()),
            "iss": self._app.app_id,
        }
        token = Secret(jwt.encode(claims, self._app.key, algorithm="RS256"))
        self._signed = (token, now + JWT_REUSE)
        return token

    def forget(self) -> None:
        """Sign anew next time."""
        self._signed = None
