"""One trace follows a video from the HTTP request to the mail, through every service and everything that they call."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from fiapx_testing.journeys import Journey
from fiapx_testing.trace_trees import lines_of, orphans_of, tree_of
from fiapx_testing.traces import ReceivedSpan, TraceReceiver

EXPECTED = Path(__file__).with_name("expected_trace.txt")
SERVICES = {
    "api-gateway",
    "auth-service",
    "upload-service",
    "processing-planner",
    "processing-worker",
    "notification-service",
}


def names(spans: Sequence[ReceivedSpan]) -> set[str]:
    return {span.name for span in spans}


def is_whole(spans: Sequence[ReceivedSpan]) -> bool:
    """What ends last is there: the mail, the tidying up, and the notes of the outcome."""
    last = {"smtp send", "process video.ended.v1", "process video.processed.v1"}
    last |= {"process processing.assembly", "POST /api/v1/videos"}
    return last <= names(spans) and not orphans_of(spans)


@pytest.fixture(scope="module")
def video(traces: TraceReceiver, journey: Journey) -> list[ReceivedSpan]:
    """The trace of the upload's answer."""
    return traces.wait_for(journey.upload_trace, is_whole)


def test_the_trace_of_a_video_is_the_expected_tree(video: list[ReceivedSpan]) -> None:
    found = lines_of(tree_of(video))
    assert "\n".join(found) + "\n" == EXPECTED.read_text()


def test_every_service_has_a_part_in_it(video: list[ReceivedSpan]) -> None:
    assert {span.service for span in video} == SERVICES


def test_it_has_one_root_which_is_the_request(video: list[ReceivedSpan]) -> None:
    assert [(span.name, span.kind) for span in video if not span.parent_id] == [("POST /api/v1/videos", "SERVER")]


def test_the_mail_is_sent_in_the_trace_that_the_answer_told(video: list[ReceivedSpan], journey: Journey) -> None:
    mails = [span for span in video if span.name == "smtp send"]
    assert [(span.service, span.trace_id) for span in mails] == [("notification-service", journey.upload_trace)]


def test_no_part_of_it_failed(video: list[ReceivedSpan]) -> None:
    assert [span for span in video if span.failed] == []


@pytest.mark.parametrize(
    ("instrumented", "attribute", "value"),
    [
        ("FastAPI", "http.route", "/api/v1/videos"),
        ("gRPC", "rpc.service", "fiapx.upload.v1.UploadService"),
        ("aio-pika", "messaging.system", "rabbitmq"),
        ("SQLAlchemy", "db.system", "postgresql"),
        ("Redis", "db.system", "redis"),
        ("the object store", "rpc.service", "S3"),
        ("the engine's children", "fiapx.engine", "libav"),
        ("mails", "network.protocol.name", "smtp"),
    ],
)
def test_each_instrumentation_is_at_work(
    video: list[ReceivedSpan], instrumented: str, attribute: str, value: str
) -> None:
    assert [span for span in video if span.attributes.get(attribute) == value]


def test_a_segment_says_which_video_and_which_attempt(video: list[ReceivedSpan], journey: Journey) -> None:
    subjects = [
        span.attributes["cloudevents.event_subject"] for span in video if span.name == "process processing.segment"
    ]
    assert subjects == [f"processing.segment/{journey.video_id}/1/0"]


def test_following_a_video_is_a_trace_without_loose_ends(traces: TraceReceiver, journey: Journey) -> None:
    called = "/fiapx.upload.v1.UploadService/WatchVideos"

    def ended(spans: Sequence[ReceivedSpan]) -> bool:
        watching = [span.kind for span in spans if span.name == called]
        return sorted(watching) == ["CLIENT", "SERVER"] and any(not span.parent_id for span in spans)

    assert orphans_of(traces.wait_for(journey.stream_trace, ended)) == []


def test_polls_and_probes_begin_no_traces(traces: TraceReceiver, video: list[ReceivedSpan]) -> None:
    roots = {(span.kind, span.name) for span in traces.spans() if not span.parent_id}
    assert {kind for kind, _ in roots} <= {"SERVER", "PRODUCER", "INTERNAL"}
    assert [name for _, name in roots if "health" in name.lower() or "metrics" in name] == []
