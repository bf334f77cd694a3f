"""SMTP servers of a test module's own, and a certificate for them. Each set of options has one server."""

import asyncio
import ipaddress
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fiapx_local.binaries import find
from fiapx_local.checkout import LOCAL
from fiapx_testing.waiting import PATIENCE_S

STRICT = Path(__file__).with_name("smtp_server.mjs")

Accepted = Callable[[], Awaitable[Any]]
StartStrict = Callable[[str], Awaitable[tuple[int, Accepted]]]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, its key beside it as `.key`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    path.with_suffix(".key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(certificate: Path) -> AsyncIterator[StartStrict]:
    """Starts `smtp_server.mjs`; gives its port and a function that waits for the next mail that it accepted."""
    servers: dict[str, tuple[int, asyncio.StreamReader]] = {}
    async with AsyncExitStack() as started:

        async def start(addresses: str) -> tuple[int, Accepted]:
            if addresses not in servers:
                servers[addresses] = await started.enter_async_context(_strict(certificate, addresses))
            port, told = servers[addresses]
            await _read_out(told)
            return port, lambda: _next_of(told)

        yield start


@asynccontextmanager
async def _strict(certificate: Path, addresses: str) -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
    argv = [str(LOCAL / "node_modules"), str(certificate), str(certificate.with_suffix(".key")), addresses]
    process = await asyncio.create_subprocess_exec(find("node"), str(STRICT), *argv, stdout=asyncio.subprocess.PIPE)
    if process.stdout is None:
        raise AssertionError("the server has no output")
    try:
        yield await _next_of(process.stdout), process.stdout
    finally:
        process.terminate()
        await process.wait()


async def _next_of(told: asyncio.StreamReader) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        return json.loads(await told.readline())


async def _read_out(told: asyncio.StreamReader) -> None:
    """What the server accepted for an earlier test is nobody's any more."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            while await told.readline():
                pass
