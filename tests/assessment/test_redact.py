"""Nothing secret leaves, and ordinary text stays whole."""

import base64
import json

import pytest

from bot.assessment.redact import SECRET, redact

_A = "a1B2c3D4e5F6g7H8i9J0"
_JWT = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg":"RS256","typ":"JWT"}', b'{"iss":"12345","exp":1}', b"signature-signature-signature")
)
_PEM = f"-----BEGIN RSA PRIVATE KEY-----\nMIIE{_A}\n{_A}==\n-----END RSA PRIVATE KEY-----"

# Put together from halves, so that no scanner takes this file for a leak.
SECRETS: dict[str, str] = {
    "github-personal": "gh" + f"p_{_A}{_A[:16]}",
    "github-oauth": "gh" + f"o_{_A}{_A[:16]}",
    "github-user": "gh" + f"u_{_A}{_A[:16]}",
    "github-server": "gh" + f"s_{_A}{_A[:16]}",
    "github-server-long": "gh" + f"s_12345_{_JWT}",
    "github-refresh": "gh" + f"r_{_A}{_A}",
    "github-fine-grained": "github" + f"_pat_{_A}_{_A}",
    "gitlab": "gl" + f"pat-{_A}",
    "jwt": _JWT,
    "pem": _PEM,
    "pem-cut": _PEM[:60],
    "pem-ec": _PEM.replace("RSA", "EC"),
    "pem-pkcs8": _PEM.replace("RSA ", ""),
    "pem-pgp": _PEM.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"),
    "aws-key-id": "AK" + "IAIOSFODNN7EXAMPLE",
    "aws-session-key-id": "AS" + "IAIOSFODNN7EXAMPLE",
    "slack-bot": "xo" + f"xb-123456789012-{_A}",
    "slack-app": "xa" + f"pp-1-{_A}",
    "slack-hook": "hooks.slack." + f"com/services/T0000/B0000/{_A}",
    "discord-hook": "discord." + f"com/api/webhooks/123456/{_A}",
    "google-key": "AI" + f"za{_A}{_A[:15]}",
    "google-oauth": "ya" + f"29.{_A}",
    "stripe": "sk" + f"_live_{_A}",
    "stripe-hook": "wh" + f"sec_{_A}",
    "openai": "sk" + f"-proj-{_A}",
    "npm": "np" + f"m_{_A}{_A[:16]}",
    "pypi": "py" + f"pi-AgEIcHlwaS5vcmc{_A}",
    "hugging-face": "hf" + f"_{_A}",
    "digitalocean": "dop" + "_v1_" + "0123456789abcdef" * 4,
    "docker": "dckr" + f"_pat_{_A}",
    "vault": "hv" + f"s.{_A}",
    "sendgrid": "S" + f"G.{_A}.{_A}",
    "sentry": "sntry" + f"s_{_A}",
    "doppler": "dp." + f"st.dev.{_A}",
    "age": "AGE-SECRET-" + "KEY-1" + "QPZRY9X8GF2TVDW0S3JN" * 2,
}
AFTER: dict[str, tuple[str, str]] = {
    "bearer": (f"Authorization: Bearer {_A}", _A),
    "bearer-bare": (f"sent bearer {_A} twice", _A),
    "basic": ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
    "header-token": (f"token {_A}", _A),
    "url-password": ("postgres://bot:hunter2secret@db/x", "hunter2secret"),
    "env": (f"DB_PASSWORD={_A}", _A),
    "yaml": (f"client_secret: '{_A}'", _A),
    "json": (f'"api_key": "{_A}"', _A),
    "aws-secret": (f"aws_secret_access_key = {_A}/{_A}", _A),
    "azure": (f"AccountName=x;AccountKey={_A}{_A}==;", _A),
    "signed-url": (f"https://s3.example/x?X-Amz-Signature={_A}&y=1", _A),
    "query-token": (f"https://api.example/x?access_token={_A}", _A),
    "cookie": (f"Set-Cookie: session={_A}; Path=/", _A),
}
CONTEXTS = ["{}", "log_{} end", "`{}`", '{{"value": "{}"}}', "https://x.example/{}"]


@pytest.mark.parametrize("context", CONTEXTS, ids=["bare", "log", "code", "json", "url"])
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_gone(secret: str, context: str) -> None:
    """No eight characters in a row of the secret's tail are left."""
    text = redact(context.format(secret))
    assert SECRET in text
    assert secret[-12:-4] not in text


@pytest.mark.parametrize(("text", "secret"), AFTER.values(), ids=AFTER)
def test_gone_after_its_name(text: str, secret: str) -> None:
    """What a name announces is hidden, the name stays."""
    assert secret not in redact(text)
    assert text.split(secret, maxsplit=1)[0].split(maxsplit=1)[0][:6] in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "commit 85375b936 fixed monitoring module packaging",
        "the basic 2-step flow needs a token for each request",
        "token: none, password: required, secret: missing",
        "https://github.com/octo/shop/pull/7#issuecomment-1",
        "`docs/secrets.md` describes token rotation",
        "bearer of bad news",
        ".github/workflows/pypi-publish-workflow.yml and i18n/sk-translations-of-errors.po",
        "highs_and_lows_and_more_things_of_this_kind",
        "12:30:15 key=value path=/a/b",
        "sk-learn and pk_id and hf_hub are names",
        "d4e5f6a0000000000000000000000000000000000",
        "",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    """Words about secrets are none."""
    assert text == redact(text)


def test_twice_is_once() -> None:
    """Redacting again changes nothing."""
    text = json.dumps([*SECRETS.values(), *(pair[0] for pair in AFTER.values())])
    assert redact(text) == redact(redact(text))
