"""Signing keys in PostgreSQL, private halves encrypted (Fernet)."""

from collections.abc import Sequence

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.entities.signing_key import SigningKey
from auth_service.repositories.tables import SIGNING_KEYS


class WrongEncryptionKey(Exception):
    """The keys in the database were encrypted by another AUTH_KEY_ENCRYPTION_KEY, or somebody changed them."""

    def __init__(self, kid: str) -> None:
        super().__init__(f"The signing key {kid} cannot be decrypted: AUTH_KEY_ENCRYPTION_KEY is not the one it had.")


class KeyCipher:
    """Encrypts a private key together with its name, so that rows cannot be swapped."""

    def __init__(self, keys: str) -> None:
        """`keys`: one or more Fernet keys with commas between; the first encrypts, all decrypt."""
        self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])

    def encrypt(self, kid: str, private_pem: str) -> bytes:
        return self._fernet.encrypt(f"{kid}\n{private_pem}".encode())

    def decrypt(self, kid: str, encrypted: bytes) -> str:
        """Raises WrongEncryptionKey."""
        try:
            name, _, private_pem = self._fernet.decrypt(encrypted).decode().partition("\n")
        except InvalidToken as error:
            raise WrongEncryptionKey(kid) from error
        if name != kid:
            raise WrongEncryptionKey(kid)
        return private_pem


class PostgresSigningKeys:
    """Implements the port `SigningKeys`."""

    def __init__(self, connection: AsyncConnection, cipher: KeyCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    async def all(self) -> Sequence[SigningKey]:
        rows = await self._connection.execute(sa.select(SIGNING_KEYS).order_by(SIGNING_KEYS.c.signs_from))
        return [
            SigningKey(
                kid=row.kid,
                private_pem=self._cipher.decrypt(row.kid, row.private_key_encrypted),
                public_jwk=row.public_jwk,
                signs_from=row.signs_from,
            )
            for row in rows
        ]

    async def lock(self) -> None:
        await self._connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(SIGNING_KEYS.name, 0)))
        )

    async def add(self, key: SigningKey) -> None:
        await self._connection.execute(
            SIGNING_KEYS.insert().values(
                kid=key.kid,
                private_key_encrypted=self._cipher.encrypt(key.kid, key.private_pem),
                public_jwk=dict(key.public_jwk),
                signs_from=key.signs_from,
            )
        )

    async def remove(self, kids: Sequence[str]) -> None:
        await self._connection.execute(SIGNING_KEYS.delete().where(SIGNING_KEYS.c.kid.in_(kids)))
