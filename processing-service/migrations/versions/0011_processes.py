"""Which processes of the service live, and which of them operators want drained."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "processes",
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("started_at", time, nullable=False, server_default=sa.func.now()),
        sa.Column("seen_at", time, nullable=False, server_default=sa.func.now()),
        sa.Column("drain_asked_at", time),
        sa.Column("drained_at", time),
    )


def downgrade() -> None:
    op.drop_table("processes")
