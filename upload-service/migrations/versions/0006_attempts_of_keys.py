"""Which attempt of a video a request that may be sent again has made."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("attempt", sa.Integer))
    op.execute("UPDATE idempotency_keys SET attempt = 1 WHERE video_id IS NOT NULL")
    op.create_check_constraint("idempotency_keys_attempt", "idempotency_keys", "(video_id IS NULL) = (attempt IS NULL)")


def downgrade() -> None:
    op.drop_column("idempotency_keys", "attempt")
