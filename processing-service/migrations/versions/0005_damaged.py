"""What a segment found damaged and went on over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("segments", sa.Column("damaged", JSONB))


def downgrade() -> None:
    op.drop_column("segments", "damaged")
