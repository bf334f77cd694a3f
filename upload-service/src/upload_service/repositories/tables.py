"""The tables as SQLAlchemy sees them; the migrations make them."""

from typing import Final

import sqlalchemy as sa
from fiapx_common.postgres import inbox_table, operator_actions_table, outbox_table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA: Final = sa.MetaData()

VIDEOS: Final = sa.Table(
    "videos",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("filename", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text),
    sa.Column("external_id", sa.Text),
    sa.Column("metadata_json", sa.Text),
    sa.Column("tags", ARRAY(sa.Text), nullable=False),
    sa.Column("options_json", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("progress", sa.Double, nullable=False),
    sa.Column("media", JSONB(none_as_null=True)),
    sa.Column("frames_expected", sa.BigInteger),
    sa.Column("frames_ready", sa.BigInteger, nullable=False),
    sa.Column("frame_count", sa.BigInteger),
    sa.Column("archive_key", sa.Text),
    sa.Column("manifest_key", sa.Text),
    sa.Column("archive_bytes", sa.BigInteger),
    sa.Column("warnings", JSONB(none_as_null=True), nullable=False),
    sa.Column("error", JSONB(none_as_null=True)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True)),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("source_expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("source_removed_at", sa.DateTime(timezone=True)),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.Index("videos_of_user", "user_id"),
    sa.Index("videos_newest_first", "user_id", "created_at", "id", postgresql_where=sa.text("deleted_at IS NULL")),
    sa.Index("videos_tags", "tags", postgresql_using="gin", postgresql_where=sa.text("deleted_at IS NULL")),
    sa.Index("videos_external_id", "user_id", "external_id", postgresql_where=sa.text("deleted_at IS NULL")),
    sa.Index("videos_sources", "source_expires_at", postgresql_where=sa.text("source_removed_at IS NULL")),
    sa.Index(
        "videos_deleted_sources",
        "deleted_at",
        postgresql_where=sa.text("source_removed_at IS NULL AND deleted_at IS NOT NULL"),
    ),
)

VIDEO_EVENTS: Final = sa.Table(
    "video_events",
    METADATA,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("change", JSONB, nullable=False),
    sa.Index("video_events_of_video", "video_id", "seq"),
    sa.Index("video_events_of_user", "user_id", "seq"),
)

UPLOADS: Final = sa.Table(
    "uploads",
    METADATA,
    sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("multipart_id", sa.Text, nullable=False),
    sa.Column("part_size_bytes", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("completed_at", sa.DateTime(timezone=True)),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Index("uploads_open", "expires_at", postgresql_where=sa.text("closed_at IS NULL")),
)

SHARES: Final = sa.Table(
    "shares",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("note", sa.Text),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_used_at", sa.DateTime(timezone=True)),
    sa.Index("shares_of_video", "video_id"),
    sa.Index("shares_newest_first", "user_id", "created_at", "id"),
    sa.Index("shares_expiry", "expires_at"),
)

IDEMPOTENCY_KEYS: Final = sa.Table(
    "idempotency_keys",
    METADATA,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("claim", sa.Uuid, nullable=False),
    sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE")),
    sa.Column("fingerprint", sa.Text),
    sa.Column("attempt", sa.Integer),
    sa.Column("share_id", sa.Uuid, sa.ForeignKey("shares.id", ondelete="SET NULL"), index=True),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("idempotency_keys_expiry", "expires_at"),
)

ERASED_USERS: Final = sa.Table(
    "erased_users",
    METADATA,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("purged_at", sa.DateTime(timezone=True)),
    sa.Index("erased_users_unpurged", "user_id", postgresql_where=sa.text("purged_at IS NULL")),
)

OUTBOX: Final = outbox_table(METADATA)
INBOX: Final = inbox_table(METADATA)
OPERATOR_ACTIONS: Final = operator_actions_table(METADATA)

USER_QUOTAS: Final = sa.Table(
    "user_quotas",
    METADATA,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("videos", sa.Integer),
    sa.Column("stored_bytes", sa.BigInteger),
)
