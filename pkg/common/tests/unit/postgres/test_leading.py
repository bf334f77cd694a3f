"""Advisory lock keys."""

from fiapx_common.postgres.leading import lock_key


def test_a_key_is_the_same_in_each_process() -> None:
    assert lock_key("outbox") == 8606968888193004722


def test_two_names_have_two_keys() -> None:
    assert lock_key("outbox") != lock_key("migrations")


def test_a_key_fits_postgresqls_bigint() -> None:
    assert all(-(2**63) <= lock_key(str(number)) < 2**63 for number in range(1000))
