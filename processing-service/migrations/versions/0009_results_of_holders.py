"""Under which lease a job's archive was made: each holder writes into a folder of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("result_attempt", sa.Integer))


def downgrade() -> None:
    op.drop_column("jobs", "result_attempt")
