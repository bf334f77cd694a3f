"""Names, waits and arguments of queues."""

import pytest
from fiapx_common.messaging import topology


@pytest.mark.parametrize(
    ("asked_s", "given_s"), [(0, 1), (1, 1), (1.5, 5), (5, 5), (6, 30), (31, 120), (120, 120), (3600, 120)]
)
def test_a_wait_is_rounded_up_to_the_next_retry_queue(asked_s: float, given_s: int) -> None:
    assert topology.next_wait_s(asked_s) == given_s


def test_a_retry_queue_leads_back_to_its_queue_after_its_seconds() -> None:
    arguments = topology.retry_arguments("upload.outcomes", 30)
    assert arguments["x-message-ttl"] == 30_000
    assert arguments["x-dead-letter-exchange"] == topology.TASKS
    assert arguments["x-dead-letter-routing-key"] == "upload.outcomes"


@pytest.mark.parametrize(
    "arguments", [topology.queue_arguments("a.b"), topology.retry_arguments("a.b", 1)], ids=["queue", "retry"]
)
def test_dead_lettering_at_least_once_goes_with_reject_publish(arguments: topology.Arguments) -> None:
    assert arguments["x-queue-type"] == "quorum"
    assert arguments["x-dead-letter-strategy"] == "at-least-once"
    assert arguments["x-overflow"] == "reject-publish"


def test_every_queue_has_a_delivery_limit_of_its_own() -> None:
    assert topology.queue_arguments("a.b")["x-delivery-limit"] == 20
    assert int(topology.dead_arguments()["x-delivery-limit"]) > 1_000_000


def test_queues_of_a_queue_begin_with_its_name_so_that_its_services_rights_cover_them() -> None:
    assert topology.retry_queue("upload.outcomes", 5) == "upload.outcomes.retry.5"
    assert topology.dead_queue("upload.outcomes") == "upload.outcomes.dead"
