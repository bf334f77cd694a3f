"""What is closed for everybody, in PostgreSQL."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.repositories.tables import CLOSED_DOORS

_REGISTRATION: Final = "registration"


class PostgresRegistrationDoor:
    """Implements the port `RegistrationDoor`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_open(self) -> bool:
        closed = sa.select(CLOSED_DOORS.c.closed_at).where(CLOSED_DOORS.c.door == _REGISTRATION)
        return await self._connection.scalar(closed) is None

    async def set_open(self, is_open: bool) -> None:
        if is_open:
            await self._connection.execute(CLOSED_DOORS.delete().where(CLOSED_DOORS.c.door == _REGISTRATION))
        else:
            closing = postgresql.insert(CLOSED_DOORS).values(door=_REGISTRATION).on_conflict_do_nothing()
            await self._connection.execute(closing)
