"""auth-service over gRPC: all sessions that are kept."""

from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_common.grpc.timestamps import moment
from fiapx_proto.auth.v1 import auth_pb2, auth_pb2_grpc

from api_gateway.entities.exports import KeptSession, Page
from api_gateway.repositories.auth_client import SERVICE, open_session
from api_gateway.services.export_ports import KeptSessions

IDEMPOTENT: Final = (f"{SERVICE}/ListKeptSessions",)


class GrpcKeptSessions(KeptSessions):
    """Sessions, those that have ended too."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = auth_pb2_grpc.AuthServiceStub(channel)

    async def page(self, user_id: UUID, cursor: str) -> Page[KeptSession]:
        request = auth_pb2.ListKeptSessionsRequest(user_id=str(user_id), cursor=cursor)
        with answered_by("auth"):
            page = await self._stub.ListKeptSessions(request)
        return Page(tuple(map(_kept, page.sessions)), page.next_cursor or None)


def _kept(session: auth_pb2.SessionInfo) -> KeptSession:
    ended_at = moment(session.ended_at) if session.HasField("ended_at") else None
    return KeptSession(**vars(open_session(session)), ended_at=ended_at)
