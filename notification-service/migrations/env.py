"""Alembic runs this."""

from fiapx_common.postgres import alembic_env

alembic_env()
