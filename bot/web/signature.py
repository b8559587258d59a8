"""Who sent this: GitHub signs the raw bytes of every delivery with the webhook's secret.

Rules:
1. Only `sha256=` and 64 lower-case hexadecimal digits; SHA-1 is no signature here.
2. Bytes are compared, in constant time: text comparison raises on characters outside ASCII.
3. An empty secret signs nothing, and no secrets verify nothing.

Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hmac

_PREFIX = b"sha256="
_LENGTH = len(_PREFIX) + 64


def is_well_formed(signature: bytes) -> bool:
    """Can this be a signature at all? Cheap enough to ask before the body is read."""
    return len(signature) == _LENGTH and signature.startswith(_PREFIX)


def secret_that_signed(secrets: tuple[bytes, ...], body: bytes, signature: bytes) -> int | None:
    """The position of the secret that the signature was made with, None for a forgery.

    `secrets` has the newest first: while a secret is being replaced, both are good.
    """
    for position, secret in enumerate(secrets):
        expected = _PREFIX + hmac.digest(secret, body, "sha256").hex().encode()
        if secret and hmac.compare_digest(expected, signature):
            return position
    return None
