"""What forecasts are made of: how much work a segment is, and since when its holder has been at it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("segments", sa.Column("work_s", sa.Double, nullable=False, server_default="0"))
    op.add_column("segments", sa.Column("taken_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE segments SET work_s = coalesce((spec->>'work_s')::double precision, 0)")
    op.create_index("segments_done", "segments", ["done_at"], postgresql_where="state = 'done'")
    op.create_index("jobs_completed", "jobs", ["finished_at"], postgresql_where="state = 'completed'")


def downgrade() -> None:
    op.drop_index("jobs_completed", "jobs")
    op.drop_index("segments_done", "segments")
    op.drop_column("segments", "taken_at")
    op.drop_column("segments", "work_s")
