"""A store to hold to its contract: the local stack's, unless a class of tests gives `settings` of another one."""

from collections.abc import AsyncIterator

import pytest
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.settings import StoreSettings
from fiapx_testing.object_stores import StoreSettings as FreshBucket
from pydantic import SecretStr


@pytest.fixture
def settings(object_store: FreshBucket) -> StoreSettings:
    """Of a fresh bucket."""
    return StoreSettings(
        endpoint=object_store.endpoint,
        access_key=SecretStr(object_store.access_key),
        secret_key=SecretStr(object_store.secret_key),
        bucket=object_store.bucket,
        region=object_store.region,
        timeout_s=5,
        connections=4,
    )


@pytest.fixture
async def store(settings: StoreSettings) -> AsyncIterator[MinioObjectStore]:
    opened = MinioObjectStore(settings)
    yield opened
    opened.close()
