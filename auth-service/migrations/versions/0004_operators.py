"""What operators do: users disabled, sign-up closed, and the record of it."""

import sqlalchemy as sa
from alembic import op
from fiapx_common.postgres import create_operator_actions, drop_operator_actions

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Without a row in `closed_doors` everything is open, as before."""
    time = sa.DateTime(timezone=True)
    op.add_column("users", sa.Column("disabled_at", time))
    op.create_table(
        "closed_doors",
        sa.Column("door", sa.Text, primary_key=True),
        sa.Column("closed_at", time, nullable=False, server_default=sa.func.now()),
    )
    create_operator_actions(op)


def downgrade() -> None:
    """Disabled users may log in again, and everybody may sign up."""
    drop_operator_actions(op)
    op.drop_table("closed_doors")
    op.drop_column("users", "disabled_at")
