"""A store to hold to its contract: the local stack's, unless a class of tests gives `settings` of another one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.object_store.s3_client import S3Client
from fiapx_common.settings import StoreSettings
from fiapx_testing.object_stores import StoreSettings as FreshBucket
from fiapx_testing.waiting import PATIENCE_S
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
        timeout_s=PATIENCE_S,
        connections=4,
    )


@pytest.fixture
async def store(settings: StoreSettings) -> AsyncIterator[MinioObjectStore]:
    opened = MinioObjectStore(settings)
    yield opened
    opened.close()


class SmallPages(S3Client):
    """Asks for pages of three where the service takes what a store gives: a thousand take the store seconds to make."""

    pages = 0

    def _list_parts(self, *args: Any, **options: Any) -> Any:
        self.pages += 1
        return super()._list_parts(*args, **{**options, "max_parts": 3})

    def _list_multipart_uploads(self, *args: Any, **options: Any) -> Any:
        self.pages += 1
        return super()._list_multipart_uploads(*args, **{**options, "max_uploads": 3})


@pytest.fixture
def small_pages(store: MinioObjectStore, settings: StoreSettings) -> SmallPages:
    """The store's client from now on; counts its pages."""
    client = SmallPages(settings, settings.endpoint, secure=False)
    store._client = client
    return client
