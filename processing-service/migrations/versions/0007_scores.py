"""How each frame looks, where that was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_SCORES = ("sharpness", "black", "freeze")


def upgrade() -> None:
    for name in _SCORES:
        op.add_column("frames", sa.Column(name, sa.Double))
    op.add_column("frames", sa.Column("hash", sa.Text))


def downgrade() -> None:
    for name in (*_SCORES, "hash"):
        op.drop_column("frames", name)
