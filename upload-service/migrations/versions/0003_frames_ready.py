"""How many frames can be read already."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("videos", sa.Column("frames_ready", sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE videos SET frames_ready = frame_count WHERE frame_count IS NOT NULL")


def downgrade() -> None:
    op.drop_column("videos", "frames_ready")
