"""Is the product well? Requests by service and route: rate, errors, duration."""

from typing import Final

from grafana.panels import Dashboard, Row, panel, quantile

_OF_JOB: Final = '{job=~"$job"}'

OVERVIEW: Final = Dashboard(
    uid="fiapx-overview",
    title="FIAP X: overview",
    description="Whether users are served: rate, errors and duration of every service and route.",
    rows=(
        Row(
            "Now",
            (
                panel(
                    "Alerts firing",
                    "How many alerts fire.",
                    "short",
                    ('count(ALERTS{alertstate="firing"}) or vector(0)', "alerts"),
                    kind="stat",
                    width=4,
                    alarm_above=1,
                ),
                panel(
                    "Components down",
                    "Replicas that Prometheus does not reach.",
                    "short",
                    ("count(up == 0) or vector(0)", "down"),
                    kind="stat",
                    width=4,
                    alarm_above=1,
                ),
                panel(
                    "Workers alive",
                    "Consumers of the segments' queue, as the broker counts them.",
                    "short",
                    ('sum(rabbitmq_detailed_queue_consumers{queue="processing.segments"})', "workers"),
                    kind="stat",
                    width=4,
                    alarm_below=1,
                ),
                panel(
                    "API errors",
                    "Share of the API's answers of five minutes with status 500 or above.",
                    "percentunit",
                    ('job:fiapx_http_errors:ratio_rate5m{job="api-gateway"}', "errors"),
                    kind="stat",
                    width=4,
                    warn_above=0.01,
                    alarm_above=0.05,
                ),
                panel(
                    "Videos waiting",
                    "Accepted, not planned yet.",
                    "short",
                    ("max(fiapx_videos_waiting)", "videos"),
                    kind="stat",
                    width=4,
                    warn_above=50,
                ),
                panel(
                    "Speed",
                    "Seconds of video turned into frames per second.",
                    "none",
                    ("fiapx:video_seconds:rate5m", "times real time"),
                    kind="stat",
                    width=4,
                ),
            ),
        ),
        Row(
            "HTTP",
            (
                panel(
                    "Requests by route",
                    "Answers per second. Routes are templates: no ids in them.",
                    "reqps",
                    (
                        f"sum by (method, route) (rate(fiapx_http_requests_total{_OF_JOB}[$__rate_interval]))",
                        "{{method}} {{route}}",
                    ),
                ),
                panel(
                    "Answers by status",
                    "499: the client left before the answer. 429: told to wait.",
                    "reqps",
                    (f"sum by (status) (rate(fiapx_http_requests_total{_OF_JOB}[$__rate_interval]))", "{{status}}"),
                ),
                panel(
                    "Duration by route (p95)",
                    "Without uploads, downloads and streams, which last as clients want. Points lead to traces.",
                    "s",
                    ("route:fiapx_http_request_seconds:p95_rate5m", "{{method}} {{route}}"),
                    (
                        quantile(0.5, "fiapx_http_request_seconds", where=_OF_JOB),
                        "all, median",
                    ),
                    warn_above=2,
                    exemplars=True,
                ),
            ),
        ),
        Row(
            "gRPC",
            (
                panel(
                    "Calls by service",
                    "RPCs answered per second.",
                    "reqps",
                    (
                        f"sum by (job, method) (rate(fiapx_grpc_requests_total{_OF_JOB}[$__rate_interval]))",
                        "{{method}}",
                    ),
                ),
                panel(
                    "Calls that failed",
                    "Share of five minutes' RPCs that ended as INTERNAL, UNKNOWN, UNAVAILABLE or too late.",
                    "percentunit",
                    ("job:fiapx_grpc_errors:ratio_rate5m", "{{job}}"),
                    alarm_above=0.05,
                ),
                panel(
                    "Duration by method (p95)",
                    "Streams last as long as somebody listens. Points lead to traces.",
                    "s",
                    (
                        quantile(0.95, "fiapx_grpc_request_seconds", by="method", where=_OF_JOB),
                        "{{method}}",
                    ),
                    exemplars=True,
                ),
            ),
        ),
        Row(
            "Users",
            (
                panel(
                    "Logins",
                    "By how they ended: UNAUTHENTICATED is a wrong password, RESOURCE_EXHAUSTED a throttled guess.",
                    "reqps",
                    (
                        'sum by (code) (rate(fiapx_grpc_requests_total{method=~".+/Login"}[$__rate_interval]))',
                        "{{code}}",
                    ),
                ),
                panel(
                    "Uploads refused",
                    "By code: the same that users are told.",
                    "reqps",
                    ("sum by (code) (rate(fiapx_uploads_refused_total[$__rate_interval]))", "{{code}}"),
                ),
                panel(
                    "Streams of events",
                    "Browsers and clients that follow their videos live.",
                    "short",
                    ("sum(fiapx_event_streams_open)", "open"),
                ),
            ),
        ),
        Row(
            "Processes",
            (
                panel(
                    "CPU",
                    "Cores in use, without decoders: these are on the workers' page.",
                    "short",
                    (f"sum by (job) (rate(process_cpu_seconds_total{_OF_JOB}[$__rate_interval]))", "{{job}}"),
                ),
                panel(
                    "Memory",
                    "Resident, the largest replica of each component.",
                    "bytes",
                    (f"max by (job) (process_resident_memory_bytes{_OF_JOB})", "{{job}}"),
                ),
                panel(
                    "Versions",
                    "What runs where.",
                    "short",
                    (f"sum by (job, service, version) (fiapx_build_info{_OF_JOB})", "{{service}} {{version}}"),
                    kind="table",
                ),
            ),
        ),
    ),
)
