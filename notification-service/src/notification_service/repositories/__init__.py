"""We call the outside: PostgreSQL and SMTP."""
