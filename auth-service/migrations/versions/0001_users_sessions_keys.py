"""Users, sessions, signing keys, counts, outbox."""

import sqlalchemy as sa
from alembic import op
from fiapx_common.postgres import create_outbox, drop_outbox
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes all tables."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("email_verified", sa.Boolean, nullable=False),
        sa.Column("created_at", time, nullable=False),
        sa.CheckConstraint("email_key = lower(email)", name="users_email_key"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created_at", time, nullable=False),
        sa.Column("expires_at", time, nullable=False, index=True),
        sa.Column("revoked_at", time),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("expires_at", time, nullable=False),
        sa.Column("used_at", time),
    )
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("private_key_encrypted", sa.LargeBinary, nullable=False),
        sa.Column("public_jwk", postgresql.JSONB, nullable=False),
        sa.Column("signs_from", time, nullable=False),
    )
    op.create_table(
        "throttle_counts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("resets_at", time, nullable=False, index=True),
    )
    create_outbox(op)


def downgrade() -> None:
    """Drops all tables."""
    drop_outbox(op)
    for table in ("throttle_counts", "signing_keys", "refresh_tokens", "sessions", "users"):
        op.drop_table(table)
