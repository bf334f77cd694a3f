"""Keys of requests that may be sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("claim", sa.Uuid, nullable=False),
        sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE")),
        sa.Column("fingerprint", sa.Text),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(video_id IS NULL) = (fingerprint IS NULL)", "idempotency_keys_made"),
    )
    op.create_index("idempotency_keys_expiry", "idempotency_keys", ["expires_at"])


def downgrade() -> None:
    op.drop_table("idempotency_keys")
