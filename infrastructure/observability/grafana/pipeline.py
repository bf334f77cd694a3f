"""The way of a video: from the upload over queues and stages to the mail."""

from typing import Final

from grafana.panels import Dashboard, Row, panel, quantile

_OURS: Final = 'queue!~".+[.](dead|retry[.][0-9]+)"'

PIPELINE: Final = Dashboard(
    uid="fiapx-pipeline",
    title="FIAP X: pipeline",
    description="What goes in, where it waits, how long it takes, what comes out, and what was given up.",
    rows=(
        Row(
            "In and out",
            (
                panel(
                    "Uploads",
                    "Accepted per second.",
                    "reqps",
                    ("sum(rate(fiapx_uploads_total[$__rate_interval]))", "uploads"),
                ),
                panel(
                    "Bytes uploaded",
                    "Of accepted uploads.",
                    "Bps",
                    ("sum(rate(fiapx_upload_bytes_total[$__rate_interval]))", "bytes"),
                ),
                panel(
                    "Videos finished",
                    "Attempts that ended, per minute.",
                    "short",
                    ("60 * sum by (outcome) (rate(fiapx_videos_finished_total[$__rate_interval]))", "{{outcome}}"),
                ),
                panel(
                    "Frames and segments",
                    "Extracted per second.",
                    "short",
                    ("fiapx:frames:rate5m", "frames"),
                    ("fiapx:segments:rate5m", "segments"),
                ),
                panel(
                    "Seconds of video per second",
                    "Duration of completed videos per second of time.",
                    "none",
                    ("fiapx:video_seconds:rate5m", "times real time"),
                ),
                panel(
                    "Turnaround",
                    "From a video's first byte to its end. Points lead to traces.",
                    "s",
                    (
                        quantile(0.5, "fiapx_video_turnaround_seconds", by="outcome"),
                        "{{outcome}}, median",
                    ),
                    (
                        quantile(0.95, "fiapx_video_turnaround_seconds", by="outcome"),
                        "{{outcome}}, p95",
                    ),
                    exemplars=True,
                ),
            ),
        ),
        Row(
            "Work to do",
            (
                panel(
                    "Videos and segments",
                    "As the planner counts them in its database.",
                    "short",
                    ("max(fiapx_videos_waiting)", "videos waiting"),
                    ("max(fiapx_videos_running)", "videos running"),
                    ("max(fiapx_segments_waiting)", "segments waiting"),
                    ("max(fiapx_segments_running)", "segments running"),
                ),
                panel(
                    "Oldest video not planned",
                    "How long it has waited.",
                    "s",
                    ("max(fiapx_oldest_video_wait_seconds)", "wait"),
                    warn_above=300,
                    alarm_above=900,
                ),
                panel(
                    "Queues: messages ready",
                    "As the broker counts them; processing.segments is what the autoscaler looks at.",
                    "short",
                    (f"sum by (queue) (rabbitmq_detailed_queue_messages_ready{{{_OURS}}})", "{{queue}}"),
                ),
                panel(
                    "Queues: age when taken (p95)",
                    "From sending a message to taking it, in whole seconds.",
                    "s",
                    (
                        quantile(0.95, "fiapx_message_wait_seconds", by="queue"),
                        "{{queue}}",
                    ),
                    warn_above=300,
                ),
                panel(
                    "Queues: consumers",
                    "Whoever takes messages, as the broker counts them.",
                    "short",
                    (f"sum by (queue) (rabbitmq_detailed_queue_consumers{{{_OURS}}})", "{{queue}}"),
                ),
                panel(
                    "Queues: being handled",
                    "Taken and not acknowledged.",
                    "short",
                    (f"sum by (queue) (rabbitmq_detailed_queue_messages_unacked{{{_OURS}}})", "{{queue}}"),
                ),
            ),
        ),
        Row(
            "Stages",
            (
                panel(
                    "Duration of stages (p95)",
                    "plan, fetch (the source to its reader), extract (with fetch), assemble. Points lead to traces.",
                    "s",
                    (
                        quantile(0.95, "fiapx_stage_seconds", by="stage"),
                        "{{stage}}",
                    ),
                    exemplars=True,
                ),
                panel(
                    "Handling a message (p95)",
                    "From taking it to the handler's word.",
                    "s",
                    (
                        quantile(0.95, "fiapx_message_handling_seconds", by="queue"),
                        "{{queue}}",
                    ),
                ),
                panel(
                    "Jobs ended",
                    "By how, per minute.",
                    "short",
                    ("60 * sum by (how) (rate(fiapx_jobs_total[$__rate_interval]))", "{{how}}"),
                ),
            ),
        ),
        Row(
            "When work goes wrong",
            (
                panel(
                    "Messages by the handler's word",
                    "Done and Skipped are well; RetryIn comes again, GaveUp becomes a dead letter.",
                    "short",
                    ("sum by (word) (rate(fiapx_messages_consumed_total[$__rate_interval]))", "{{word}}"),
                ),
                panel(
                    "Work tried again",
                    "By why, per minute.",
                    "short",
                    ("60 * (sum by (why) (rate(fiapx_retries_total[$__rate_interval])) or vector(0))", "{{why}}"),
                ),
                panel(
                    "Dead letters",
                    "Messages that were given up and lie there for somebody to look at.",
                    "short",
                    ('sum by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~".+[.]dead"})', "{{queue}}"),
                    alarm_above=1,
                ),
                panel(
                    "Leases taken over",
                    "Segments of workers that died, per minute.",
                    "short",
                    ("60 * sum(rate(fiapx_leases_taken_over_total[$__rate_interval]))", "segments"),
                ),
                panel(
                    "Leftovers swept",
                    "Objects and uploads that nobody owned any more, per minute.",
                    "short",
                    ("60 * sum by (kind) (rate(fiapx_leftovers_swept_total[$__rate_interval]))", "{{kind}}"),
                ),
            ),
        ),
        Row(
            "Outboxes, mails and webhooks",
            (
                panel(
                    "Outbox: oldest row",
                    "How long a committed message has waited for the broker.",
                    "s",
                    ("max by (job) (fiapx_outbox_lag_seconds)", "{{job}}"),
                    warn_above=10,
                    alarm_above=60,
                ),
                panel(
                    "Outbox: rows",
                    "Rows that wait, rows sent per second, and rows that nobody is bound for.",
                    "short",
                    ("max by (job) (fiapx_outbox_pending_messages)", "{{job}} waiting"),
                    ("sum by (job) (rate(fiapx_outbox_relayed_total[$__rate_interval]))", "{{job}} sent/s"),
                    ("sum(rate(fiapx_outbox_stuck_total[$__rate_interval])) or vector(0)", "stuck/s"),
                ),
                panel(
                    "Messages sent",
                    "By type, as the broker confirmed them.",
                    "short",
                    ("sum by (type) (rate(fiapx_messages_published_total[$__rate_interval]))", "{{type}}"),
                ),
                panel(
                    "Mails",
                    "By what became of them, per minute.",
                    "short",
                    ("60 * sum by (result) (rate(fiapx_mails_total[$__rate_interval]))", "{{result}}"),
                ),
                panel(
                    "Mails that wait",
                    "Not sent yet.",
                    "short",
                    ("max(fiapx_mails_queued)", "mails"),
                    warn_above=50,
                ),
                panel(
                    "Mail: from event to SMTP's yes (p95)",
                    "Points lead to traces.",
                    "s",
                    (
                        quantile(0.95, "fiapx_mail_age_seconds"),
                        "age",
                    ),
                    exemplars=True,
                ),
                panel(
                    "Webhooks",
                    "Messages by what became of them, per minute.",
                    "short",
                    ("60 * sum by (result) (rate(fiapx_webhook_deliveries_total[$__rate_interval]))", "{{result}}"),
                ),
                panel(
                    "Webhooks that wait",
                    "Messages that no receiver has taken yet.",
                    "short",
                    ("max(fiapx_webhook_deliveries_pending)", "messages"),
                ),
                panel(
                    "Webhook: from event to the receiver's yes (p95)",
                    "Retries of receivers that were away are in it. Points lead to traces.",
                    "s",
                    (quantile(0.95, "fiapx_webhook_delivery_age_seconds"), "age"),
                    exemplars=True,
                ),
            ),
        ),
    ),
)
