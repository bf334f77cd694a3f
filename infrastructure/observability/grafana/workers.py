"""Workers by utilisation, saturation and errors: are there enough, and are they well?"""

from typing import Final

from grafana.panels import Dashboard, Row, panel, quantile

_WORKER: Final = '{job="processing-worker"}'
_SEGMENTS: Final = '{queue="processing.segments"}'

WORKERS: Final = Dashboard(
    uid="fiapx-workers",
    title="FIAP X: workers",
    description="Utilisation, saturation and errors of whoever extracts frames.",
    rows=(
        Row(
            "Utilisation",
            (
                panel(
                    "Slots",
                    "Each worker has one. Offered: it takes segments; busy: it works on one.",
                    "short",
                    (f"sum(fiapx_consumer_slots{_SEGMENTS})", "offered"),
                    (f"sum(fiapx_consumer_busy_slots{_SEGMENTS})", "busy"),
                ),
                panel(
                    "Busy time",
                    "Share of the time that workers spend on segments.",
                    "percentunit",
                    (
                        (
                            f"sum(rate(fiapx_message_handling_seconds_sum{_SEGMENTS}[$__rate_interval]))"
                            f" / sum(fiapx_consumer_slots{_SEGMENTS})"
                        ),
                        "busy",
                    ),
                    ('queue:fiapx_consumer_utilisation:ratio{queue="processing.segments"}', "busy now"),
                    warn_above=0.9,
                ),
                panel(
                    "CPU of decoders",
                    "Cores in use, counted when a decoder ends.",
                    "short",
                    (f"rate(fiapx_decoder_cpu_seconds_total{_WORKER}[$__rate_interval])", "{{instance}}"),
                ),
                panel(
                    "CPU of workers themselves",
                    "Without their decoders.",
                    "short",
                    (f"rate(process_cpu_seconds_total{_WORKER}[$__rate_interval])", "{{instance}}"),
                ),
                panel(
                    "Memory",
                    "Resident, without decoders.",
                    "bytes",
                    (f"process_resident_memory_bytes{_WORKER}", "{{instance}}"),
                ),
                panel(
                    "Scratch",
                    "Local copies of sources, as a share of what they may take.",
                    "percentunit",
                    (f"fiapx_scratch_bytes{_WORKER} / fiapx_scratch_budget_bytes{_WORKER}", "{{instance}}"),
                    warn_above=0.75,
                    alarm_above=0.9,
                ),
            ),
        ),
        Row(
            "Saturation",
            (
                panel(
                    "Segments that wait",
                    "Ready in the broker's queue: work beyond what workers hold.",
                    "short",
                    (f"sum(rabbitmq_detailed_queue_messages_ready{_SEGMENTS})", "ready"),
                ),
                panel(
                    "Segments per worker",
                    "Ready messages for each worker: what the autoscaler compares with its target.",
                    "short",
                    (
                        (
                            f"sum(rabbitmq_detailed_queue_messages_ready{_SEGMENTS})"
                            f" / clamp_min(sum(rabbitmq_detailed_queue_consumers{_SEGMENTS}), 1)"
                        ),
                        "ready per worker",
                    ),
                ),
                panel(
                    "Wait for a worker",
                    "From sending a segment to taking it, in whole seconds.",
                    "s",
                    (
                        quantile(0.5, "fiapx_message_wait_seconds", where=_SEGMENTS),
                        "median",
                    ),
                    (
                        quantile(0.95, "fiapx_message_wait_seconds", where=_SEGMENTS),
                        "p95",
                    ),
                    warn_above=60,
                    alarm_above=300,
                ),
            ),
        ),
        Row(
            "Output and errors",
            (
                panel(
                    "Frames by worker",
                    "Extracted per second.",
                    "short",
                    (f"rate(fiapx_frames_total{_WORKER}[$__rate_interval])", "{{instance}}"),
                ),
                panel(
                    "Segments by worker",
                    "Extracted per minute.",
                    "short",
                    (f"60 * rate(fiapx_segments_total{_WORKER}[$__rate_interval])", "{{instance}}"),
                ),
                panel(
                    "Stages of a segment (p95)",
                    "fetch is within extract. Points lead to traces.",
                    "s",
                    (
                        quantile(0.95, "fiapx_stage_seconds", by="stage", where=_WORKER),
                        "{{stage}}",
                    ),
                    exemplars=True,
                ),
                panel(
                    "Handlers' words",
                    "RetryIn: tried again; HandedBack: the worker stops; GaveUp: a dead letter.",
                    "short",
                    (
                        f"60 * sum by (word) (rate(fiapx_messages_consumed_total{_SEGMENTS}[$__rate_interval]))",
                        "{{word}}",
                    ),
                ),
                panel(
                    "Leases taken over",
                    "Segments of workers that died, per minute.",
                    "short",
                    (f"60 * sum(rate(fiapx_leases_taken_over_total{_WORKER}[$__rate_interval]))", "segments"),
                    warn_above=1,
                ),
                panel(
                    "Open files",
                    "Share of the limit.",
                    "percentunit",
                    (f"process_open_fds{_WORKER} / process_max_fds{_WORKER}", "{{instance}}"),
                    alarm_above=0.8,
                ),
            ),
        ),
    ),
)
