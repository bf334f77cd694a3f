"""PostgreSQL: transactions, migrations, and messages that are one with their rows."""

from fiapx_common.postgres.auditing import (
    AuditTrail,
    Deed,
    RecordedDeed,
    begin_deed,
    create_operator_actions,
    drop_operator_actions,
    end_deed,
    latest_deeds,
    operator_actions_table,
)
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
from fiapx_common.postgres.newest_first import newest_first
from fiapx_common.postgres.outbox import Outbox, create_outbox, drop_outbox, outbox_table
from fiapx_common.postgres.relaying import OutboxRelay
from fiapx_common.postgres.transactions import transaction

__all__ = [
    "AuditTrail",
    "Deed",
    "Inbox",
    "OldSchema",
    "Outbox",
    "OutboxRelay",
    "RecordedDeed",
    "alembic_env",
    "begin_deed",
    "check_database",
    "create_engine",
    "create_inbox",
    "create_operator_actions",
    "create_outbox",
    "downgrade",
    "drop_inbox",
    "drop_operator_actions",
    "drop_outbox",
    "end_deed",
    "forget_seen",
    "inbox_table",
    "latest_deeds",
    "main",
    "newest_first",
    "operator_actions_table",
    "outbox_table",
    "require_current_schema",
    "transaction",
    "upgrade",
]
