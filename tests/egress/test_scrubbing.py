"""A secret that comes back is taken out, whatever a server has made of it; nothing else is."""

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.egress.scrubbing import SCRUBBED, scrubber

TOKEN = 'sk-Ab+/c"d&<12345xyz'
VALUE = f"Bearer {TOKEN}"
BASIC = "Basic " + b64encode(b"scraper:open sesame!").decode()
scrub = scrubber([VALUE, BASIC])

SPELLINGS = {
    "the header": VALUE,
    "the token": TOKEN,
    "upper case": TOKEN.upper(),
    "percent-encoded": quote(TOKEN, safe=""),
    "in lower case": quote(TOKEN, safe="").lower(),
    "as a form": quote_plus(VALUE),
    "every character": "".join(f"%{ord(char):02X}" for char in TOKEN),
    "JSON": json.dumps(VALUE)[1:-1],
    "JSON in JSON": json.dumps(json.dumps(TOKEN))[3:-3],
    "JSON by code": "".join(f"\\u{ord(char):04x}" for char in TOKEN),
    "HTML": html.escape(TOKEN),
    "HTML by code": "".join(f"&#x{ord(char):X};" for char in TOKEN),
    "bytes": "".join(f"\\x{ord(char):02x}" for char in TOKEN),
    "hexadecimal": TOKEN.encode().hex(),
    "in upper case": TOKEN.encode().hex().upper(),
    "with colons": TOKEN.encode().hex(":"),
    "with commas": ", ".join(f"{byte:02x}" for byte in TOKEN.encode()),
    "as a program writes bytes": " ".join(f"0x{byte:02x}" for byte in TOKEN.encode()),
    "percent-encoded twice": quote(quote(TOKEN, safe=""), safe=""),
    "base64 over lines": "\r\n".join(re.findall(".{1,8}", b64encode(TOKEN.encode()).decode())),
    "base64 over lines in JSON": "\\n".join(re.findall(".{1,8}", b64encode(TOKEN.encode()).decode())),
    "backwards": TOKEN[::-1],
    "base64": b64encode(TOKEN.encode()).decode(),
    "without padding": b64encode(TOKEN.encode()).decode().rstrip("="),
    "for URLs": urlsafe_b64encode(VALUE.encode()).decode(),
    "Basic": BASIC,
    "what Basic wraps": "scraper:open sesame!",
    "its password": "open sesame!",
    "its password in a URL": "open%20sesame%21",
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_is_taken_out(name):
    """Nothing of it is left, and the words around it stay."""
    scrubbed = scrub(f"it said {SPELLINGS[name]} to me")
    assert scrubbed == f"it said {SCRUBBED} to me"


@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_base64_of_more_than_the_secret(encode, before, after):
    """`user:secret` and what is around it: no character that tells of the secret is left."""
    alone = scrub(encode(b"u" * before + TOKEN.encode() + b"z" * after).decode())
    assert SCRUBBED in alone
    others = scrub(encode(b"u" * before + b"#" * len(TOKEN) + b"z" * after).decode())
    left = alone.replace(SCRUBBED, "")
    assert all(part in others for part in alone.split(SCRUBBED))
    assert len(left) <= 10


def test_a_long_secret_that_was_cut_off():
    """Evidence is cut to a length before it is scrubbed: what is left of the secret goes."""
    value = "Bearer " + "Zx81".join("abcdefghijk")
    assert scrubber([value])(f"answered {value[:30]}… and so on") == f"answered {SCRUBBED} and so on"


@pytest.mark.parametrize("text", ["", "Bearer of good news", "sk-Ab", "open", "the answer was 200", "Basic needs"])
def test_other_words_stay(text):
    """A text without the secret is left alone."""
    assert scrub(text) == text


def test_without_secrets_nothing_is_done():
    """No secrets, no change."""
    assert scrubber([])("Bearer x") == "Bearer x"


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=60), st.text(max_size=20))
def test_no_printable_value_survives(value, around):
    """Whatever the secret is made of, it is found as itself, in a URL, in JSON and in hexadecimal."""
    scrubbed = scrubber([value])
    for spelled in (value, quote(value, safe=""), json.dumps(value)[1:-1], value.encode().hex()):
        assert spelled.lower() not in scrubbed(f"{around}{spelled}{around}").lower().replace(SCRUBBED, "")
