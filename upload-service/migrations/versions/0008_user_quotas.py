"""Quotas that operators have given to single users."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Null: as everybody's."""
    op.create_table(
        "user_quotas",
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("videos", sa.Integer),
        sa.Column("stored_bytes", sa.BigInteger),
    )


def downgrade() -> None:
    op.drop_table("user_quotas")
