"""What operators did."""

from alembic import op
from fiapx_common.postgres import create_operator_actions, drop_operator_actions

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    create_operator_actions(op)


def downgrade() -> None:
    drop_operator_actions(op)
