"""Secrets are made once and read by their owner only."""

import base64
from pathlib import Path

from fiapx_local.credentials import KEY_ENCRYPTION_KEY, Credentials


def test_a_secret_stays_the_same(tmp_path: Path) -> None:
    assert Credentials(tmp_path).of("redis-auth") == Credentials(tmp_path).of("redis-auth")


def test_no_two_secrets_are_equal(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path)

    assert credentials.of("redis-auth") != credentials.of("redis-upload")


def test_only_the_owner_may_read_a_secret(tmp_path: Path) -> None:
    Credentials(tmp_path).of("store")

    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o600


def test_the_key_that_encrypts_keys_has_32_bytes(tmp_path: Path) -> None:
    assert len(base64.urlsafe_b64decode(Credentials(tmp_path).of(KEY_ENCRYPTION_KEY))) == 32
