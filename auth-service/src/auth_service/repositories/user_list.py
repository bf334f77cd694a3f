"""Users as operators look for them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.entities.user import ListedUser
from auth_service.repositories.tables import SESSIONS, USERS
from auth_service.repositories.users import user_of


class PostgresUserList:
    """Implements the port `UserList`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, part: str, now: datetime, most: int) -> Sequence[ListedUser]:
        living = sa.func.count(SESSIONS.c.id).filter(SESSIONS.c.revoked_at.is_(None), SESSIONS.c.expires_at > now)
        query = (
            sa.select(USERS, living.label("sessions"), sa.func.max(SESSIONS.c.last_used_at).label("last_used_at"))
            .outerjoin(SESSIONS, SESSIONS.c.user_id == USERS.c.id)
            .where(USERS.c.email_key.contains(part.casefold(), autoescape=True))
            .group_by(USERS.c.id)
            .order_by(USERS.c.created_at.desc(), USERS.c.id)
            .limit(most)
        )
        rows = await self._connection.execute(query)
        return [ListedUser(user_of(row), row.sessions, row.last_used_at) for row in rows]
