"""Videos, the record of their changes, outbox and inbox."""

import sqlalchemy as sa
from alembic import op
from fiapx_common.postgres import create_inbox, create_outbox, drop_inbox, drop_outbox
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_videos()
    _create_video_events()
    create_outbox(op)
    create_inbox(op)


def downgrade() -> None:
    drop_inbox(op)
    drop_outbox(op)
    op.drop_table("video_events")
    op.execute("DROP FUNCTION refuse_rewriting()")
    op.drop_table("videos")


def _create_videos() -> None:
    op.create_table(
        "videos",
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
        sa.Column("media", JSONB),
        sa.Column("frames_expected", sa.BigInteger),
        sa.Column("frame_count", sa.BigInteger),
        sa.Column("archive_key", sa.Text),
        sa.Column("manifest_key", sa.Text),
        sa.Column("archive_bytes", sa.BigInteger),
        sa.Column("warnings", JSONB, nullable=False),
        sa.Column("error", JSONB),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT),
        sa.Column("finished_at", _MOMENT),
        sa.Column("expires_at", _MOMENT),
        sa.Column("source_expires_at", _MOMENT, nullable=False),
        sa.Column("source_removed_at", _MOMENT),
        sa.Column("deleted_at", _MOMENT),
        sa.CheckConstraint(
            "status IN ('uploading', 'queued', 'processing', 'completed', 'failed', 'cancelled')", "videos_status"
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", "videos_progress"),
        sa.CheckConstraint("size_bytes > 0", "videos_size"),
    )
    seen = sa.text("deleted_at IS NULL")
    stored = sa.text("source_removed_at IS NULL")
    op.create_index("videos_newest_first", "videos", ["user_id", "created_at", "id"], postgresql_where=seen)
    op.create_index("videos_tags", "videos", ["tags"], postgresql_using="gin", postgresql_where=seen)
    op.create_index("videos_external_id", "videos", ["user_id", "external_id"], postgresql_where=seen)
    op.create_index("videos_sources", "videos", ["source_expires_at"], postgresql_where=stored)
    op.create_index(
        "videos_deleted_sources",
        "videos",
        ["deleted_at"],
        postgresql_where=sa.text("source_removed_at IS NULL AND deleted_at IS NOT NULL"),
    )


def _create_video_events() -> None:
    op.create_table(
        "video_events",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("change", JSONB, nullable=False),
    )
    op.create_index("video_events_of_video", "video_events", ["video_id", "seq"])
    op.create_index("video_events_of_user", "video_events", ["user_id", "seq"])
    op.execute(
        """
        CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER video_events_append_only BEFORE UPDATE ON video_events
        FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()
        """
    )
