"""How the address of an object store is read, and what is said of one that is wrong."""

import pytest

from relaypacs.core.s3_address import S3Address, parse_s3_address


def test_all_that_an_address_can_say() -> None:
    read = parse_s3_address(
        "s3://AKIA:se%2Fcr%2Bet@hospital-files/relay/north?endpoint=https://minio.example:9000/&region=eu-west-3"
        "&style=virtual&encryption=aws:kms&kms_key=arn:aws:kms:eu-west-3:1:key/2&checksum=sha256&ca=/etc/ca.pem"
    )
    assert read == S3Address(
        bucket="hospital-files",
        prefix="relay/north",
        access_key="AKIA",
        secret_key="se/cr+et",
        endpoint="https://minio.example:9000",
        region="eu-west-3",
        is_virtual=True,
        encryption="aws:kms",
        kms_key="arn:aws:kms:eu-west-3:1:key/2",
        checksum="sha256",
        ca="/etc/ca.pem",
    )
    assert read.shown == "s3://hospital-files/relay/north at https://minio.example:9000"
    assert "se/cr" not in repr(read)


def test_a_bucket_alone_is_enough() -> None:
    assert parse_s3_address("s3://hospital-files") == S3Address(bucket="hospital-files")


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("s3:", "must be s3://BUCKET"),
        ("s3://", "must be s3://BUCKET"),
        ("s3://Hospital", "must be s3://BUCKET"),
        ("s3://hospital:9000", "must be s3://BUCKET"),
        ("s3://KEY:hush/hush@hospital", "must be s3://BUCKET"),
        ("s3://[hush/hospital", "must be s3://BUCKET"),
        ("s3://KEY@hospital", "both an access key and a secret key"),
        ("s3://:hush@hospital", "both an access key and a secret key"),
        ("s3://hospital/a//b", "a prefix of letters"),
        ("s3://hospital/a/../b", "a prefix of letters"),
        ("s3://hospital/a%20b", "a prefix of letters"),
        ("s3://hospital?endpont=hush", "1 options that are none of"),
        ("s3://hospital?region=", "each option once"),
        ("s3://hospital?region=a&region=b", "each option once"),
        ("s3://hospital?style=host", "path or virtual"),
        ("s3://hospital?encryption=rot13", "AES256 or aws:kms"),
        ("s3://hospital?kms_key=hush", "where there is a kms_key"),
        ("s3://hospital?checksum=md5", "sha256 or crc64nvme"),
        ("s3://hospital?endpoint=minio:9000", "as endpoint an http:// or https:// address"),
        ("s3://hospital?endpoint=http://a:hush@minio", "as endpoint an http:// or https:// address"),
        ("s3://hospital?endpoint=http://minio:hush", "as endpoint an http:// or https:// address"),
        ("s3://hospital?endpoint=http://minio/hush", "as endpoint an http:// or https:// address"),
    ],
)
def test_what_is_wrong_is_said_without_a_secret(address: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        parse_s3_address(address)
    assert "hush" not in str(caught.value)
