"""What is done to each frame, for the manifest."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("picture", JSONB))


def downgrade() -> None:
    op.drop_column("jobs", "picture")
