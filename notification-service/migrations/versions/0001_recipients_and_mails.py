"""Recipients, mails, and the inbox of events."""

import sqlalchemy as sa
from alembic import op
from fiapx_common.postgres import create_inbox, drop_inbox
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "recipients",
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("email", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("locale", sa.Text),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "CASE WHEN erased_at IS NULL THEN num_nulls(email, name, locale, told_at) = 0"
            " ELSE num_nonnulls(email, name, locale, told_at) = 0 END",
            name="recipients_whole_or_erased",
        ),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("about", sa.Uuid, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("recipients.user_id"), nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("facts", postgresql.JSONB, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False, unique=True),
        sa.Column("traceparent", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("kind", "about", "attempt", name="mails_one_per_outcome"),
        sa.CheckConstraint("status IN ('queued', 'sent', 'failed')", name="mails_status"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="mails_sent_at"),
    )
    op.create_index("mails_due", "mails", ["due_at"], postgresql_where=sa.text("status = 'queued'"))
    op.create_index("mails_of_user", "mails", ["user_id", sa.text("created_at DESC"), sa.text("id DESC")])
    create_inbox(op)


def downgrade() -> None:
    drop_inbox(op)
    op.drop_table("mails")
    op.drop_table("recipients")
