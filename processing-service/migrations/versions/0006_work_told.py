"""What was told of a job's progress: the share of its work; `frames_told` counts those that may be read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("progress_told", sa.Double, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("jobs", "progress_told")
