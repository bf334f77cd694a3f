"""Links by which strangers may look at a video."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Of each link's token only a hash is kept."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "shares",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("note", sa.Text),
        sa.Column("created_at", time, nullable=False),
        sa.Column("expires_at", time, nullable=False),
        sa.Column("last_used_at", time),
    )
    op.create_index("shares_of_video", "shares", ["video_id"])
    op.create_index("shares_newest_first", "shares", ["user_id", "created_at", "id"])
    op.create_index("shares_expiry", "shares", ["expires_at"])
    op.add_column(
        "idempotency_keys", sa.Column("share_id", sa.Uuid, sa.ForeignKey("shares.id", ondelete="SET NULL"), index=True)
    )


def downgrade() -> None:
    """Whoever has a link has nothing any more."""
    op.drop_column("idempotency_keys", "share_id")
    op.drop_table("shares")
