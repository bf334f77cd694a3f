"""The whole platform as real processes, once per run."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from fiapx_testing.platforms import Account, NewAccount, Platform


@pytest.fixture
def new_account(platform: Platform) -> Iterator[NewAccount]:
    """Makes users of the test's own, logged in."""
    with ExitStack() as clients:

        def make() -> Account:
            account = platform.new_account()
            clients.enter_context(account.client)
            return account

        yield make


@pytest.fixture
def account(new_account: NewAccount) -> Account:
    """A user of the test's own, logged in."""
    return new_account()
