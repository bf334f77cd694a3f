"""Uploads that clients send to the store by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("multipart_id", sa.Text, nullable=False),
        sa.Column("part_size_bytes", sa.BigInteger, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("completed_at", _MOMENT),
        sa.Column("closed_at", _MOMENT),
        sa.CheckConstraint("part_size_bytes > 0", "uploads_part_size"),
    )
    op.create_index("uploads_open", "uploads", ["expires_at"], postgresql_where=sa.text("closed_at IS NULL"))


def downgrade() -> None:
    op.drop_table("uploads")
