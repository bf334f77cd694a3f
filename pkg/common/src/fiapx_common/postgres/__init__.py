"""PostgreSQL: transactions, migrations, and messages that are one with their rows."""

from fiapx_common.postgres.engine import check_database, create_engine
from fiapx_common.postgres.inbox import Inbox, create_inbox, drop_inbox, forget_seen, inbox_table
from fiapx_common.postgres.migrating import (
    OldSchema,
    alembic_env,
    downgrade,
    main,
    require_current_schema,
    upgrade,
)
from fiapx_common.postgres.outbox import Outbox, create_outbox, drop_outbox, outbox_table
from fiapx_common.postgres.relaying import OutboxRelay
from fiapx_common.postgres.transactions import transaction

__all__ = [
    "Inbox",
    "OldSchema",
    "Outbox",
    "OutboxRelay",
    "alembic_env",
    "check_database",
    "create_engine",
    "create_inbox",
    "create_outbox",
    "downgrade",
    "drop_inbox",
    "drop_outbox",
    "forget_seen",
    "inbox_table",
    "main",
    "outbox_table",
    "require_current_schema",
    "transaction",
    "upgrade",
]
