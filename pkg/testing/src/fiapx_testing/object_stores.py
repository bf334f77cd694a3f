"""Fresh buckets of a real object store."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from fiapx_common.object_store.s3_client import S3Client
from fiapx_common.settings import StoreSettings as ClientSettings
from pydantic import SecretStr

from fiapx_testing.servers import Server


@dataclass(frozen=True)
class StoreSettings:
    """What a client of the store is told."""

    endpoint: str
    """host:port, plain HTTP."""
    access_key: str
    secret_key: str
    region: str
    bucket: str
    """An empty bucket that nobody else uses."""
    secure: bool = False

    @property
    def public_url(self) -> str:
        return f"http://{self.endpoint}"

    def client(self) -> S3Client:
        """An administrator's client, to look into the bucket."""
        settings = ClientSettings(
            endpoint=self.endpoint,
            access_key=SecretStr(self.access_key),
            secret_key=SecretStr(self.secret_key),
            bucket=self.bucket,
            region=self.region,
        )
        return S3Client(settings, self.endpoint, secure=self.secure)

    def object_names(self) -> set[str]:
        objects = self.client().list_objects(self.bucket, recursive=True)
        return {item.object_name for item in objects if item.object_name is not None}

    def remove_objects(self) -> None:
        client = self.client()
        for name in self.object_names():
            client.remove_object(self.bucket, name)  # JuiceFS keeps empty folders after its bulk deletion

    def empty(self) -> None:
        """Removes every object and every upload that is not finished."""
        self.remove_objects()
        client = self.client()
        for upload in client.open_uploads(self.bucket, ""):
            client.abort_multipart(self.bucket, upload.key, upload.upload_id)


def named_store(environment: Mapping[str, str]) -> Server | None:
    """The store of FIAPX_TEST_STORE, http://access-key:secret-key@host:port; None where it is not set."""
    address = urlsplit(environment.get("FIAPX_TEST_STORE", ""))
    if address.hostname is None or address.port is None:
        return None
    return Server(address.hostname, address.port, address.username or "", address.password or "")


@contextmanager
def fresh_bucket(server: Server) -> Iterator[StoreSettings]:
    """A bucket, removed with all that is in it."""
    bucket = f"tests-{secrets.token_hex(6)}"
    settings = StoreSettings(server.address, server.user, server.password, "us-east-1", bucket)
    client = settings.client()
    client.make_bucket(bucket)
    try:
        yield settings
    finally:
        settings.remove_objects()
        client.remove_bucket(bucket)
