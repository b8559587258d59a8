"""Nothing secret leaves: tokens, keys and passwords in any text become `[secret]`.

The patterns err on the side of hiding. GitHub's installation tokens have no fixed length any more
(https://github.blog/changelog/, 2026-04-27), so prefixes decide. No pattern repeats a repetition, and what may fail
late is bounded.
"""

import re

SECRET = "[secret]"

# A letter or digit before it makes it a part of an ordinary word; an underscore does not.
_START = r"(?<![A-Za-z0-9])"

# What must stand in the text (in lower case) for the pattern to be tried at all, and the pattern of the whole secret.
_WHOLE: tuple[tuple[str, str], ...] = (
    # Private keys, also cut off in the middle.
    (
        "private key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|\Z)",
    ),
    ("gh", _START + r"gh[pousr]_[A-Za-z0-9_.\-]{16,}"),  # GitHub
    ("github_pat_", _START + r"github_pat_[A-Za-z0-9_]{16,}"),
    ("gl", _START + r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.\-]{16,}"),  # GitLab
    ("eyj", r"(?<![A-Za-z0-9_\-])eyJ[A-Za-z0-9_\-]{6,}\.[A-Za-z0-9_\-]{6,}\.?[A-Za-z0-9_\-]*"),  # JSON web tokens
    ("a", _START + r"(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{16}\b"),  # AWS key ids
    ("xox", _START + r"xox[abeoprs]-[A-Za-z0-9\-]{10,}"),  # Slack
    ("xapp-", _START + r"xapp-[A-Za-z0-9\-]{10,}"),
    ("slack.com/", _START + r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_\-]{10,}"),
    ("/webhooks/", _START + r"discord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_\-]{10,}"),
    ("aiza", _START + r"AIza[A-Za-z0-9_\-]{30,}"),  # Google
    ("ya29.", _START + r"ya29\.[A-Za-z0-9_\-]{16,}"),
    ("_", _START + r"(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}"),  # Stripe
    ("sk-", _START + r"sk-(?=[A-Za-z_\-]{0,60}[0-9])[A-Za-z0-9_\-]{16,}"),  # OpenAI, Anthropic
    ("npm_", _START + r"npm_[A-Za-z0-9]{20,}"),
    ("pypi-", _START + r"pypi-(?=[A-Za-z_\-]{0,60}[0-9])[A-Za-z0-9_\-]{16,}"),
    ("hf_", _START + r"hf_[A-Za-z0-9]{20,}"),  # Hugging Face
    ("dop_v1_", _START + r"dop_v1_[a-f0-9]{20,}"),  # DigitalOcean
    ("dckr_", _START + r"dckr_(?:pat|oat)_[A-Za-z0-9_\-]{16,}"),
    ("hvs.", _START + r"hvs\.[A-Za-z0-9_\-]{16,}"),  # Vault
    ("sg.", _START + r"SG\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}"),  # SendGrid
    ("sntrys_", _START + r"sntrys_[A-Za-z0-9_=+/\-]{16,}"),  # Sentry
    ("dp.", _START + r"dp\.(?:pt|st|ct)\.[A-Za-z0-9_.\-]{16,}"),  # Doppler
    ("age-secret-key-1", _START + r"(?i:age-secret-key-1[a-z0-9]{20,})"),
)

_NAMES = ("password", "passwd", "passphrase", "secret", "token", "key")
_NAMED = (
    r"(\b[A-Za-z0-9_\-]{0,60}(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key)"
    r"[\"']?\s{0,3}[=:]\s{0,3}[\"']?)((?=[^\s\"',;&]{0,200}[0-9])[^\s\"',;&`]{8,})"
)
_QUERY = (
    r"([?&](?:X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|X-Goog-Signature|access_token|client_secret"
    r"|api_?key|password)=)([^\s&#\"'<>]+)"
)
# The same for secrets that a name announces, as (kept)(secret): the name stays, so that the text still makes sense.
_AFTER: tuple[tuple[tuple[str, ...], str], ...] = (
    (("bearer",), r"(\bbearer\s{1,3})(?=[A-Za-z+/=_.~\-]{0,200}[0-9])([A-Za-z0-9+/=_.~\-]{8,})"),
    (("basic", "token"), r"(\b(?:basic|token)\s{1,3})(?=[A-Za-z+/=_.~\-]{0,200}[0-9])([A-Za-z0-9+/=_.~\-]{16,})"),
    (("://",), r"(://[^\s/:@]{0,200}:)([^\s/@]{1,200})(?=@)"),
    (("key=", "signature="), r"(\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=)([A-Za-z0-9+/=%&\-]{8,})"),
    (("?", "&"), _QUERY),
    (_NAMES, _NAMED),
    (("cookie:",), r"(\b(?:set-)?cookie:\s{0,3})([^\n]+)"),
    (("authorization:",), r"(\bauthorization:\s{0,3})([^\n]+)"),
)

_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    *(((needle,), re.compile(pattern), SECRET) for needle, pattern in _WHOLE),
    *((needles, re.compile(pattern, re.IGNORECASE), rf"\1{SECRET}") for needles, pattern in _AFTER),
)


def redact(text: str) -> str:
    """The text without anything that looks like a secret."""
    lowered = text.lower()
    for needles, pattern, replacement in _RULES:
        if any(needle in lowered for needle in needles):
            text = pattern.sub(replacement, text)
    return text
