"""TLS through the guard: the connection goes to the checked address, the certificate is checked for the name."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.egress.exchange import BrokenAnswer, Deadline
from tests.egress.network import says
from tests.egress.test_guard import OK, SHORT, ask


def certified(folder: Path, name: str, *, days: int = 1) -> Path:
    """A self-signed certificate with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    ends = datetime.now(UTC) + timedelta(days=days)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=9))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / f"{name}{days}.pem"
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(certificate.public_bytes(pem) + secret)
    return file


def server_side(file: Path, seen: list[str | None]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    return context


async def test_the_name_is_what_tls_checks(tmp_path):
    """SNI and the certificate stay on the name, though the connection goes to an address."""
    seen: list[str | None] = []
    file = certified(tmp_path, "public.test")
    trusted = ssl.create_default_context(cafile=file)
    response = await ask(says(OK), "https://public.test/", tls=trusted, server_tls=server_side(file, seen))
    assert (response.status, seen) == (200, ["public.test"])


CERTIFICATES = {
    "another name": (("other.test", 1), True, "Hostname mismatch"),
    "expired": (("public.test", -1), True, "certificate has expired"),
    "nobody vouches for it": (("public.test", 1), False, "self-signed certificate"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
async def test_a_wrong_certificate_is_refused_with_the_reason(name, tmp_path):
    """The reason is the other side's public certificate: it may be told."""
    (subject, days), is_trusted, words = CERTIFICATES[name]
    file = certified(tmp_path, subject, days=days)
    tls = ssl.create_default_context(cafile=file) if is_trusted else None
    with pytest.raises(BrokenAnswer, match=words):
        await ask(says(OK), "https://public.test/", tls=tls, server_tls=server_side(file, []))


async def test_a_handshake_that_never_comes_ends_in_time():
    """A server that accepts and says nothing costs the deadline, and leaves no socket behind."""

    async def silent(reader, _writer):
        await reader.read()

    with pytest.raises(Deadline):
        await ask(silent, "https://public.test/", timeout=SHORT)


async def test_https_is_not_left_for_http(tmp_path):
    """A redirect from https to http is not followed."""
    file = certified(tmp_path, "public.test")
    moved = b"HTTP/1.1 301 X\r\nLocation: http://public.test/\r\n\r\n"
    trusted = ssl.create_default_context(cafile=file)
    with pytest.raises(BrokenAnswer, match="https to http"):
        await ask(says(moved), "https://public.test/", tls=trusted, server_tls=server_side(file, []))
