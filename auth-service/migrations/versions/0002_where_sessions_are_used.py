"""Where and when a session was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Old replicas go on adding sessions meanwhile: the defaults are for them and for the rows that are there."""
    op.add_column("sessions", sa.Column("user_agent", sa.Text, nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("client_address", sa.Text, nullable=False, server_default=""))
    time = sa.DateTime(timezone=True)
    op.add_column("sessions", sa.Column("last_used_at", time, nullable=False, server_default=sa.func.now()))
    op.execute("UPDATE sessions SET last_used_at = created_at")


def downgrade() -> None:
    """Forgets them."""
    for column in ("last_used_at", "client_address", "user_agent"):
        op.drop_column("sessions", column)
