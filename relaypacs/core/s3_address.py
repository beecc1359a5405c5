"""What an `s3://` address says: which bucket of which store, who asks, and how objects are protected there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

FORM = "must be s3://BUCKET or s3://KEY:SECRET@BUCKET, perhaps with /PREFIX and ?options; in KEY and SECRET, / is %2F"
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*")
STYLES = ("path", "virtual")
KMS = ("aws:kms", "aws:kms:dsse")
ENCRYPTIONS = ("AES256", *KMS)
CHECKSUMS = ("sha256", "crc64nvme")
OPTIONS = frozenset({"endpoint", "region", "style", "encryption", "kms_key", "checksum", "ca"})


@dataclass(frozen=True, slots=True)
class S3Address:
    """One part of a bucket, and how it is reached. What is None follows from the environment (`AWS_…`) or the store."""

    bucket: str
    prefix: str = ""
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    endpoint: str | None = None
    region: str | None = None
    is_virtual: bool = False  # the bucket is a part of the host's name, not of the path
    encryption: str | None = None
    kms_key: str | None = None
    checksum: str | None = None
    ca: str | None = None  # a file with the certificates of an authority of one's own

    @property
    def shown(self) -> str:
        """The address without what must not be seen."""
        place = f"s3://{self.bucket}{self.prefix and f'/{self.prefix}'}"
        return f"{place} at {self.endpoint}" if self.endpoint else place


def parse_s3_address(address: str) -> S3Address:
    """Read `s3://[KEY:SECRET@]BUCKET[/PREFIX][?endpoint=…&region=…&style=…&encryption=…&kms_key=…&checksum=…&ca=…]`.

    Raises ValueError, whose text quotes nothing but names of options.
    """
    parts = _split(address)
    bucket, prefix = parts.netloc.rpartition("@")[2], parts.path.strip("/")
    if parts.scheme != "s3" or parts.fragment or not BUCKET.fullmatch(bucket):
        raise ValueError(FORM)
    if prefix and (not PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/"))):
        raise ValueError("must have a prefix of letters, digits and !_.*'()- , with single slashes between its parts")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("must have both an access key and a secret key before the @, or neither")
    options = _options(parts.query)
    return S3Address(
        bucket=bucket,
        prefix=prefix,
        access_key=unquote(parts.username) if parts.username else None,
        secret_key=unquote(parts.password) if parts.password else None,
        endpoint=options.get("endpoint"),
        region=options.get("region"),
        is_virtual=options.get("style") == "virtual",
        encryption=options.get("encryption"),
        kms_key=options.get("kms_key"),
        checksum=options.get("checksum"),
        ca=options.get("ca"),
    )


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        # `from None`: the original quotes parts of the address.
        raise ValueError(FORM) from None


def _options(query: str) -> Mapping[str, str]:
    given = parse_qsl(query, keep_blank_values=True)
    options = dict(given)
    if unknown := options.keys() - OPTIONS:
        # What stands for a name may be a part of a value whose & was not written as %26.
        raise ValueError(f"has {len(unknown)} options that are none of {', '.join(sorted(OPTIONS))}")
    if len(options) != len(given) or not all(options.values()):
        raise ValueError("must have each option once, with a value")
    _one_of(options, "style", STYLES)
    _one_of(options, "encryption", ENCRYPTIONS)
    _one_of(options, "checksum", CHECKSUMS)
    if "kms_key" in options and options.get("encryption") not in KMS:
        raise ValueError(f"must have as encryption {' or '.join(KMS)} where there is a kms_key")
    if "endpoint" in options:
        options["endpoint"] = _endpoint(options["endpoint"])
    return options


def _endpoint(value: str) -> str:
    problem = "must have as endpoint an http:// or https:// address with nothing but host and port"
    try:
        parts = urlsplit(value)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        raise ValueError(problem) from None
    is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_bare:
        raise ValueError(problem)
    return f"{parts.scheme}://{parts.netloc}"


def _one_of(options: Mapping[str, str], name: str, values: tuple[str, ...]) -> None:
    if name in options and options[name] not in values:
        raise ValueError(f"must have as {name} {' or '.join(values)}")
