"""PostgreSQL, RabbitMQ, Redis, the store, SMTP and the services themselves, as their callers see them."""

from typing import Final

from grafana.panels import Dashboard, Panel, Row, panel, quantile

_CALLS: Final = "fiapx_dependency_calls_total"


def _rate(title: str, dependency: str, description: str) -> Panel:
    which = f'{{dependency=~"{dependency}", job=~"$job"}}'
    expression = f"sum by (dependency, operation, result) (rate({_CALLS}{which}[$__rate_interval]))"
    return panel(title, description, "reqps", (expression, "{{dependency}} {{operation}} {{result}}"))


def _duration(title: str, dependency: str, description: str) -> Panel:
    which = f'{{dependency=~"{dependency}", job=~"$job"}}'
    expression = quantile(0.95, "fiapx_dependency_call_seconds", by="dependency, operation", where=which)
    return panel(title, description, "s", (expression, "{{dependency}} {{operation}}"), exemplars=True)


DEPENDENCIES: Final = Dashboard(
    uid="fiapx-dependencies",
    title="FIAP X: dependencies",
    description="Servers that the platform needs, as its services see them: rate, errors, duration of calls.",
    rows=(
        Row(
            "All",
            (
                panel(
                    "Calls without an answer",
                    "Share of five minutes' calls that found nobody, were too late or failed.",
                    "percentunit",
                    ("job_dependency:fiapx_dependency_unavailable:ratio_rate5m", "{{job}} → {{dependency}}"),
                    warn_above=0.05,
                    alarm_above=0.5,
                ),
                panel(
                    "Calls",
                    "Per second.",
                    "reqps",
                    (
                        f'sum by (job, dependency) (rate({_CALLS}{{job=~"$job"}}[$__rate_interval]))',
                        "{{job}} → {{dependency}}",
                    ),
                ),
                panel(
                    "Readiness",
                    "1: the check passed when it was last asked for.",
                    "short",
                    ('min by (job, check) (fiapx_readiness_passed{job=~"$job"})', "{{job}} {{check}}"),
                ),
            ),
        ),
        Row(
            "PostgreSQL",
            (
                _rate("Statements", "postgres", "connect: waiting for a connection of the pool is part of it."),
                _duration("Statements: duration (p95)", "postgres", "Points lead to traces."),
                panel(
                    "Connections",
                    "Of each pool in use.",
                    "percentunit",
                    (
                        (
                            'max by (job) (fiapx_postgres_connections_busy{job=~"$job"}'
                            ' / fiapx_postgres_connections_limit{job=~"$job"})'
                        ),
                        "{{job}}",
                    ),
                    alarm_above=0.9,
                ),
            ),
        ),
        Row(
            "Object store",
            (
                _rate("Requests", "store", "By S3 operation; refused: an answer such as 404."),
                _duration("Requests: duration (p95)", "store", "Points lead to traces."),
            ),
        ),
        Row(
            "Redis",
            (
                _rate("Commands", "redis", "While the circuit is open nobody asks."),
                _duration("Commands: duration (p95)", "redis", "Points lead to traces."),
                panel(
                    "Circuit",
                    "1: Redis is left alone after a failure, and done without.",
                    "short",
                    ('max by (job) (fiapx_redis_circuit_open{job=~"$job"})', "{{job}}"),
                    alarm_above=1,
                ),
            ),
        ),
        Row(
            "RabbitMQ",
            (
                _rate("Messages sent", "rabbitmq", "refused: no queue is bound for it."),
                _duration("Until the broker confirms (p95)", "rabbitmq", "Points lead to traces."),
                panel(
                    "Not sent",
                    "By why; outboxes keep these messages and send them again.",
                    "reqps",
                    (
                        "sum by (reason) (rate(fiapx_publish_failures_total[$__rate_interval])) or vector(0)",
                        "{{reason}}",
                    ),
                ),
                panel(
                    "Memory",
                    "Of the broker; above the limit it takes no more messages.",
                    "bytes",
                    ("rabbitmq_process_resident_memory_bytes", "in use"),
                    ("rabbitmq_resident_memory_limit_bytes", "limit"),
                ),
                panel(
                    "Free disk",
                    "Below the limit the broker takes no more messages.",
                    "bytes",
                    ("rabbitmq_disk_space_available_bytes", "free"),
                    ("rabbitmq_disk_space_available_limit_bytes", "limit"),
                ),
                panel(
                    "Alarms",
                    "1: the broker takes no messages.",
                    "short",
                    ("max(rabbitmq_alarms_memory_used_watermark)", "memory"),
                    ("max(rabbitmq_alarms_free_disk_space_watermark)", "disk"),
                    alarm_above=1,
                ),
            ),
        ),
        Row(
            "SMTP, and one another",
            (
                _rate("Mails", "smtp", "refused: not now, or never; unavailable: the server is away or too slow."),
                _duration("Mails: duration (p95)", "smtp", "Points lead to traces."),
                _rate("Calls of the gateway", ".+-service", "Also those that reached no service."),
                _duration(
                    "Calls of the gateway: duration (p95)", ".+-service", "Streams last as long as clients want."
                ),
            ),
        ),
    ),
)
