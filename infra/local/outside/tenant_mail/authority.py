"""A certificate authority of this engine's own, and a server's certificate from it. Made once, and kept."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

GOOD_FOR = timedelta(days=3650)


class Authority:
    """The authority of one engine. Its private key is never written: no other certificate can be made from it.

    Attributes:
        certificate: file of the authority's certificate (PEM).
    """

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "ca.pem"
        self._server = folder / "server.pem"

    def server_context(self) -> ssl.SSLContext:
        """Return what a server of `localhost` and 127.0.0.1 needs. Make the certificates, if they are not there."""
        if not (self.certificate.exists() and self._server.exists()):
            self._make()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._server)
        return context

    def trusted_with(self, own: str, file: Path) -> Path:
        """Write a file of this authority's certificate and those of the file `own`, if any; return `file`."""
        file.write_text(self.certificate.read_text() + (Path(own).read_text() if own else ""))
        return file

    def _make(self) -> None:
        self.certificate.parent.mkdir(parents=True, exist_ok=True)
        authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issuer = _name("Authority of a local Tocsin")
        signs_certificates = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        of_authority = [(x509.BasicConstraints(ca=True, path_length=0), True), (signs_certificates, True)]
        root = _sign(issuer, issuer, authority, authority, of_authority)
        hosts = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
        leaf = _sign(_name("localhost"), issuer, server, authority, [(hosts, False)])
        key = server.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._server.unlink(missing_ok=True)
        with os.fdopen(os.open(self._server, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key + _pem(leaf))
        self.certificate.write_bytes(_pem(root))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _sign(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extensions: Sequence[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + GOOD_FOR)
    )
    # Python 3.13 and later refuse certificates that do not name their keys (RFC 5280, 4.2.1).
    named: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
    ]
    for extension, critical in (*extensions, *named):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
