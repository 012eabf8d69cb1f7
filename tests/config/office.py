"""An office that signs certificates for servers of the tests, and takes them back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = dt.timedelta(days=1)


class Office:
    """Signs certificates, and says which it takes back."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Office")])
        ca = self._about(self.name, self.key.public_key()).add_extension(
            x509.BasicConstraints(True, None), True
        )
        self.write("ca.pem", ca.sign(self.key, hashes.SHA256()))

    def _about(self, name: x509.Name, key: Any) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(key)
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - DAY).not_valid_after(now + DAY)

    def write(self, name: str, made: Any) -> None:
        (self.folder / name).write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def server(self, host: str) -> None:
        """server.pem and server.key for a host; a list that takes it back, and an empty one."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        made = self._about(name, key.public_key())
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
        held = made.sign(self.key, hashes.SHA256())
        self.write("server.pem", held)
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self.folder / "server.key").write_bytes(key.private_bytes(*form))
        (self.folder / "server.key").chmod(0o600)
        now = dt.datetime.now(dt.UTC)
        back = x509.RevokedCertificateBuilder().serial_number(held.serial_number).revocation_date(now).build()
        for file, taken in (("none.pem", []), ("taken.pem", [back])):
            told = x509.CertificateRevocationListBuilder().issuer_name(self.name)
            told = told.last_update(now - DAY).next_update(now + DAY)
            for one in taken:
                told = told.add_revoked_certificate(one)
            self.write(file, told.sign(self.key, hashes.SHA256()))
