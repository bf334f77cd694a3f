"""`python -m upload_service.migrate`: the schema under the owner's role, then the bucket if it is missing."""

import asyncio
from contextlib import closing

from fiapx_common.object_store import MinioObjectStore
from fiapx_common.postgres import main

from upload_service.settings import MigrationSettings


async def make_bucket(settings: MigrationSettings) -> None:
    """The bucket that all services share; it may exist already."""
    with closing(MinioObjectStore(settings.store)) as store:
        await store.ensure_bucket()


if __name__ == "__main__":
    found = MigrationSettings()
    main(found.postgres, found.migrations_dir)
    asyncio.run(make_bucket(found))
