"""How a place for files is written: a folder, or `s3://key:secret@host:port/bucket/prefix?region=…&ca=…`.

`s3+http://` goes without TLS and is for this machine alone. Without `key:secret` the machine's own role is used; `ca`
is the certificate of the office that vouches for the provider, where the machine does not know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

SCHEMES = {"s3": "https", "s3+http": "http"}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OPTIONS = {"region", "style", "ca"}


@dataclass(frozen=True)
class Address:
    """A bucket. `virtual`: its name stands in the host's (some providers take nothing else)."""

    scheme: str
    host: str
    bucket: str
    prefix: str
    key: str
    secret: str
    region: str
    virtual: bool
    ca: str

    def __repr__(self) -> str:
        return f"{self.host}/{self.bucket}"


def address_of(said: str) -> Address | Path | None:
    """A bucket, a folder, or None where nothing is said; ValueError where it is written otherwise."""
    if "://" not in said:
        if said.startswith(("s3:", "s3+http:")):  # a slash is missing: no folder is meant
            raise ValueError
        return Path(said).resolve() if said else None
    parts = urlsplit(said)
    bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    alone = parts.scheme == "s3" or (parts.scheme == "s3+http" and parts.hostname in LOOPBACK)
    known = options.keys() <= OPTIONS and ("ca" not in options or Path(options["ca"]).is_file())
    if not (alone and parts.hostname and bucket and known):
        raise ValueError
    return Address(
        scheme=SCHEMES[parts.scheme],
        host=f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname,
        bucket=bucket,
        prefix=prefix,
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        region=options.get("region", "us-east-1"),
        virtual=options.get("style") == "virtual",
        ca=options.get("ca", ""),
    )
