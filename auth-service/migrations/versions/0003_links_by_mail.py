"""Links by mail: their tokens, and wishes for a new password; when users last changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """`changed_at` has a default for replicas that do not know it yet."""
    time = sa.DateTime(timezone=True)
    op.add_column("users", sa.Column("changed_at", time, nullable=False, server_default=sa.func.now()))
    op.execute("UPDATE users SET changed_at = created_at")
    op.create_table(
        "link_tokens",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("expires_at", time, nullable=False, index=True),
    )
    op.create_table(
        "reset_requests",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("requested_at", time, nullable=False, index=True),
    )


def downgrade() -> None:
    """Links that are under way stop working."""
    op.drop_table("reset_requests")
    op.drop_table("link_tokens")
    op.drop_column("users", "changed_at")
