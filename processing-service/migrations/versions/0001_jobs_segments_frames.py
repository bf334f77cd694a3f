"""Videos, jobs, segments, frames, outbox and inbox."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from fiapx_common.postgres import create_inbox, create_outbox, drop_inbox, drop_outbox
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "videos",
        sa.Column("video_id", sa.Uuid, primary_key=True),
        sa.Column("newest_attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("cancelled_through", sa.Integer, nullable=False, server_default="0"),
        sa.Column("deleted_at", _MOMENT),
        sa.Column("swept_at", _MOMENT),
    )
    op.create_index("videos_unswept", "videos", ["deleted_at"], postgresql_where="swept_at IS NULL")
    _create_jobs()
    _create_segments()
    _create_frames()
    create_outbox(op)
    create_inbox(op)


def downgrade() -> None:
    drop_inbox(op)
    drop_outbox(op)
    for table in ("frames", "segments", "jobs", "videos"):
        op.drop_table(table)


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.video_id"), primary_key=True),
        sa.Column("attempt", sa.Integer, sa.CheckConstraint("attempt >= 1"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("source_key", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("options_json", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text),
        sa.Column("metadata_json", sa.Text),
        sa.Column("media", JSONB),
        sa.Column("time_base", sa.Text, nullable=False, server_default=""),
        sa.Column("creation_time", sa.Text),
        sa.Column("timecode", sa.Text),
        sa.Column("warnings", JSONB, nullable=False, server_default="[]"),
        sa.Column("failure", JSONB),
        sa.Column("frames_expected", sa.Integer, nullable=False, server_default="0"),
        sa.Column("frames_told", sa.Integer, nullable=False, server_default="0"),
        sa.Column("told_at", _MOMENT),
        sa.Column("frame_count", sa.Integer),
        sa.Column("archive_bytes", sa.BigInteger),
        *_lease_columns(),
        sa.Column("created_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("sent_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("finished_at", _MOMENT),
        sa.Column("swept_at", _MOMENT),
        sa.CheckConstraint(
            "state IN ('planning', 'running', 'assembling', 'completed', 'failed', 'cancelled', 'superseded')",
            name="jobs_state",
        ),
        # one live job per video: the database's own word against two attempts at once
        sa.CheckConstraint("(finished_at IS NULL) = (state IN ('planning', 'running', 'assembling'))"),
    )
    op.create_index("jobs_one_live", "jobs", ["video_id"], unique=True, postgresql_where="finished_at IS NULL")
    op.create_index("jobs_live", "jobs", ["state", "sent_at"], postgresql_where="finished_at IS NULL")
    op.create_index("jobs_unswept", "jobs", ["finished_at"], postgresql_where="swept_at IS NULL")


def _create_segments() -> None:
    op.create_table(
        "segments",
        sa.Column("video_id", sa.Uuid, primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("spec", JSONB, nullable=False),
        sa.Column("frames_planned", sa.Integer, nullable=False),
        sa.Column("frames_done", sa.Integer, nullable=False, server_default="0"),
        *_lease_columns(),
        sa.Column("part_key", sa.Text),
        sa.Column("part_bytes", sa.BigInteger),
        sa.Column("sent_at", _MOMENT),
        sa.Column("done_at", _MOMENT),
        sa.CheckConstraint("state IN ('waiting', 'released', 'running', 'done')", name="segments_state"),
        sa.ForeignKeyConstraint(
            ["video_id", "attempt"], ["jobs.video_id", "jobs.attempt"], ondelete="CASCADE", name="segments_job"
        ),
    )
    op.create_index("segments_under_way", "segments", ["sent_at"], postgresql_where="state IN ('released', 'running')")


def _create_frames() -> None:
    op.create_table(
        "frames",
        sa.Column("video_id", sa.Uuid, primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("index", sa.Integer, primary_key=True),
        sa.Column("segment", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("frame", sa.BigInteger),
        sa.Column("pts", sa.BigInteger, nullable=False),
        sa.Column("time_s", sa.Double, nullable=False),
        sa.Column("keyframe", sa.Boolean, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("crc32", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id", "attempt"], ["jobs.video_id", "jobs.attempt"], ondelete="CASCADE", name="frames_job"
        ),
    )


def _lease_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("lease_attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lease_holder", sa.Text),
        sa.Column("lease_until", _MOMENT),
        sa.Column("charged", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lost", sa.Integer, nullable=False, server_default="0"),
    ]
