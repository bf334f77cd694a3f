"""Users whose account was erased: what comes late about them is refused."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "erased_users",
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("purged_at", sa.DateTime(timezone=True)),
    )
    op.create_index("erased_users_unpurged", "erased_users", ["user_id"], postgresql_where=sa.text("purged_at IS NULL"))
    op.create_index("videos_of_user", "videos", ["user_id"])


def downgrade() -> None:
    op.drop_index("videos_of_user")
    op.drop_table("erased_users")
