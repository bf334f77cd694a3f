"""Which file a job is about and which engine planned it, so that a kept result can be given again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("content_sha256", sa.Text))
    op.add_column("jobs", sa.Column("made_by", sa.Text))
    op.create_index("jobs_reusable", "jobs", ["user_id", "size_bytes"], postgresql_where=sa.text("state = 'completed'"))


def downgrade() -> None:
    op.drop_index("jobs_reusable")
    op.drop_column("jobs", "made_by")
    op.drop_column("jobs", "content_sha256")
