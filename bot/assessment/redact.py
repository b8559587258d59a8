"""Nothing secret leaves: tokens, keys and passwords in any text become `[secret]`.

The patterns err on the side of hiding. GitHub's installation tokens have no fixed length any more
(https://github.blog/changelog/, 2026-04-27), so prefixes decide. No pattern
repeats a repetition, and what may fail late is bounded.
"""

import re

SECRET = "[secret]"

_WHOLE: tuple[str, ...] = (
    # Private keys, also cut off in the middle.
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|\Z)",
    r"\bgh[pousr]_[A-Za-z0-9_.\-]{16,}",  # GitHub
    r"\bgithub_pat_[A-Za-z0-9_]{16,}",
    r"\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.\-]{16,}",  # GitLab
    r"(?<![A-Za-z0-9_\-])eyJ[A-Za-z0-9_\-]{6,}\.[A-Za-z0-9_\-]{6,}\.?[A-Za-z0-9_\-]*",  # JSON web tokens
    r"\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{16}\b",  # AWS key ids
    r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,}",  # Slack
    r"\bxapp-[A-Za-z0-9\-]{10,}",
    r"\bhooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_\-]{10,}",
    r"\bdiscord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_\-]{10,}",
    r"\bAIza[A-Za-z0-9_\-]{30,}",  # Google
    r"\bya29\.[A-Za-z0-9_\-]{16,}",
    r"\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}",  # Stripe
    r"\bsk-[A-Za-z0-9_\-]{16,}",  # OpenAI, Anthropic
    r"\bnpm_[A-Za-z0-9]{20,}",
    r"\bpypi-[A-Za-z0-9_\-]{16,}",
    r"\bhf_[A-Za-z0-9]{20,}",  # Hugging Face
    r"\bdop_v1_[a-f0-9]{20,}",  # DigitalOcean
    r"\bdckr_(?:pat|oat)_[A-Za-z0-9_\-]{16,}",
    r"\bhvs\.[A-Za-z0-9_\-]{16,}",  # Vault
    r"\bSG\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}",  # SendGrid
    r"\bsntrys_[A-Za-z0-9_=+/\-]{16,}",  # Sentry
    r"\bdp\.(?:pt|st|ct)\.[A-Za-z0-9_.\-]{16,}",  # Doppler
    r"\bage-secret-key-1[a-z0-9]{20,}",
)

_NAMED = (
    r"(\b[A-Za-z0-9_\-]{0,60}(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key)"
    r"[\"']?\s{0,3}[=:]\s{0,3}[\"']?)((?=[^\s\"',;&]{0,200}[0-9])[^\s\"',;&`]{8,})"
)
_QUERY = (
    r"([?&](?:X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|X-Goog-Signature|access_token|client_secret"
    r"|api_?key|password)=)([^\s&#\"'<>]+)"
)
_AFTER: tuple[str, ...] = (
    # (kept)(secret): what stands before the secret stays, so that the text still makes sense.
    r"(\bbearer\s{1,3})(?=[A-Za-z+/=_.~\-]{0,200}[0-9])([A-Za-z0-9+/=_.~\-]{8,})",
    r"(\b(?:basic|token)\s{1,3})(?=[A-Za-z+/=_.~\-]{0,200}[0-9])([A-Za-z0-9+/=_.~\-]{16,})",
    r"(://[^\s/:@]{0,200}:)([^\s/@]{1,200})(?=@)",
    r"(\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=)([A-Za-z0-9+/=%&\-]{8,})",
    _QUERY,
    _NAMED,
    r"(\b(?:set-)?cookie:\s{0,3})([^\n]+)",
    r"(\bauthorization:\s{0,3})([^\n]+)",
)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    *((re.compile(pattern, re.IGNORECASE if "age-" in pattern else 0), SECRET) for pattern in _WHOLE),
    *((re.compile(pattern, re.IGNORECASE), rf"\1{SECRET}") for pattern in _AFTER),
)


def redact(text: str) -> str:
    """The text without anything that looks like a secret."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
