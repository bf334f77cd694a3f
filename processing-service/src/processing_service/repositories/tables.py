"""The tables of the database `processing`, as the migrations make them."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA: Final = sa.MetaData()
_MOMENT: Final = sa.DateTime(timezone=True)

VIDEOS: Final = sa.Table(
    "videos",
    METADATA,
    sa.Column("video_id", sa.Uuid, primary_key=True),
    sa.Column("newest_attempt", sa.Integer, nullable=False),
    sa.Column("cancelled_through", sa.Integer, nullable=False),
    sa.Column("deleted_at", _MOMENT),
    sa.Column("swept_at", _MOMENT),
)

JOBS: Final = sa.Table(
    "jobs",
    METADATA,
    sa.Column("video_id", sa.Uuid, primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("filename", sa.Text, nullable=False),
    sa.Column("source_key", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("options_json", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text),
    sa.Column("metadata_json", sa.Text),
    sa.Column("content_sha256", sa.Text),
    sa.Column("made_by", sa.Text),
    sa.Column("media", JSONB),
    sa.Column("time_base", sa.Text, nullable=False),
    sa.Column("creation_time", sa.Text),
    sa.Column("timecode", sa.Text),
    sa.Column("picture", JSONB),
    sa.Column("warnings", JSONB, nullable=False),
    sa.Column("failure", JSONB),
    sa.Column("frames_expected", sa.Integer, nullable=False),
    sa.Column("frames_told", sa.Integer, nullable=False),
    sa.Column("told_at", _MOMENT),
    sa.Column("progress_told", sa.Double, nullable=False),
    sa.Column("frame_count", sa.Integer),
    sa.Column("archive_bytes", sa.BigInteger),
    sa.Column("result_attempt", sa.Integer),
    sa.Column("lease_attempt", sa.Integer, nullable=False),
    sa.Column("lease_holder", sa.Text),
    sa.Column("lease_until", _MOMENT),
    sa.Column("charged", sa.Integer, nullable=False),
    sa.Column("lost", sa.Integer, nullable=False),
    sa.Column("created_at", _MOMENT, nullable=False),
    sa.Column("sent_at", _MOMENT, nullable=False),
    sa.Column("finished_at", _MOMENT),
    sa.Column("swept_at", _MOMENT),
    sa.Column("expired_at", _MOMENT),
)

SEGMENTS: Final = sa.Table(
    "segments",
    METADATA,
    sa.Column("video_id", sa.Uuid, primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("spec", JSONB, nullable=False),
    sa.Column("frames_planned", sa.Integer, nullable=False),
    sa.Column("work_s", sa.Double, nullable=False),
    sa.Column("frames_done", sa.Integer, nullable=False),
    sa.Column("lease_attempt", sa.Integer, nullable=False),
    sa.Column("lease_holder", sa.Text),
    sa.Column("lease_until", _MOMENT),
    sa.Column("charged", sa.Integer, nullable=False),
    sa.Column("lost", sa.Integer, nullable=False),
    sa.Column("part_key", sa.Text),
    sa.Column("part_bytes", sa.BigInteger),
    sa.Column("sent_at", _MOMENT),
    sa.Column("done_at", _MOMENT),
    sa.Column("taken_at", _MOMENT),
    sa.Column("damaged", JSONB),
)

FRAMES: Final = sa.Table(
    "frames",
    METADATA,
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
    sa.Column("sharpness", sa.Double),
    sa.Column("black", sa.Double),
    sa.Column("freeze", sa.Double),
    sa.Column("hash", sa.Text),
)

PROCESSES: Final = sa.Table(
    "processes",
    METADATA,
    sa.Column("holder", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("roles", ARRAY(sa.Text), nullable=False),
    sa.Column("started_at", _MOMENT, nullable=False),
    sa.Column("seen_at", _MOMENT, nullable=False),
    sa.Column("drain_asked_at", _MOMENT),
    sa.Column("drained_at", _MOMENT),
)
