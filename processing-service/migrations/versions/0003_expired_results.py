"""When a result expired: from then on nobody may read it, and the sweeper removes it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("expired_at", sa.DateTime(timezone=True)))
    op.create_index("jobs_kept", "jobs", ["finished_at"], postgresql_where="state = 'completed' AND expired_at IS NULL")


def downgrade() -> None:
    op.drop_index("jobs_kept", "jobs")
    op.drop_column("jobs", "expired_at")
