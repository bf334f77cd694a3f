"""Entities as messages of fiapx.auth.v1, and ids out of them."""

from uuid import UUID

from fiapx_common.errors import FieldError, Invalid
from fiapx_common.grpc.timestamps import timestamp
from fiapx_proto.auth.v1 import auth_pb2

from auth_service.entities.api_key import ApiKey
from auth_service.entities.errors import UserNotFound
from auth_service.entities.session import Session
from auth_service.entities.user import User
from auth_service.services.granting import Grant


def user_message(user: User) -> auth_pb2.User:
    return auth_pb2.User(
        id=str(user.id),
        email=user.email.text,
        name=user.name,
        locale=user.locale,
        created_at=timestamp(user.created_at),
        email_verified=user.email_verified,
        version=user.version,
    )


def session_message(grant: Grant) -> auth_pb2.Session:
    return auth_pb2.Session(
        access_token=grant.access_token,
        expires_in_s=grant.access_ttl_s,
        refresh_token=grant.refresh_token,
        refresh_expires_in_s=grant.refresh_ttl_s,
    )


def session_info_message(session: Session) -> auth_pb2.SessionInfo:
    return auth_pb2.SessionInfo(
        id=str(session.id),
        user_agent=session.device.user_agent,
        client_address=session.device.address,
        created_at=timestamp(session.created_at),
        last_used_at=timestamp(session.last_used_at),
        expires_at=timestamp(session.expires_at),
        ended_at=timestamp(session.revoked_at),
    )


def api_key_message(key: ApiKey) -> auth_pb2.ApiKey:
    return auth_pb2.ApiKey(
        id=str(key.id),
        name=key.name,
        scopes=sorted(key.scopes),
        beginning=key.beginning,
        created_at=timestamp(key.created_at),
        expires_at=timestamp(key.expires_at),
        last_used_at=timestamp(key.last_used_at),
    )


def user_id(text: str) -> UUID:
    """An id of another form is nobody's."""
    try:
        return UUID(text)
    except ValueError as error:
        raise UserNotFound from error


def uuid_of(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("invalid_id", f"The {field} is not a UUID.", [FieldError(field, "not a UUID")]) from error
