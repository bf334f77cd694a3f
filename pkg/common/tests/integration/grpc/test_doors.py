"""gRPC: errors cross it whole, deadlines are always there, replicas take turns, stops are graceful."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import grpc
import pytest
from fiapx_common import errors
from fiapx_common.errors import FieldError
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.grpc.server import grpc_server
from fiapx_common.settings import GrpcSettings
from fiapx_testing.waiting import PATIENCE_S, until
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from prometheus_client import REGISTRY

SERVICE = "test.Door"


class Door:
    """Answers with its name, its caller's deadline, or an error."""

    def __init__(self, name: str = "one") -> None:
        self.name = name
        self.knocked = asyncio.Event()
        self.open = asyncio.Event()

    async def answer(self, request: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        match request:
            case b"name":
                return self.name.encode()
            case b"deadline":
                return str(context.time_remaining()).encode()
            case b"wait":
                self.knocked.set()
                await self.open.wait()
                return b"waited"
            case b"crash":
                raise RuntimeError("inner words")
            case _:
                raise CASES[request.decode()]

    async def count(self, request: bytes, _context: grpc.aio.ServicerContext[bytes, bytes]) -> AsyncIterator[bytes]:
        for number in range(3):
            yield str(number).encode()
        if request == b"fail":
            raise errors.Gone("expired", "It has expired.")

    async def pour(self, _request: bytes, _context: grpc.aio.ServicerContext[bytes, bytes]) -> AsyncIterator[bytes]:
        try:
            while True:
                yield bytes(1 << 20)
        finally:
            self.open.set()

    async def take(self, requests: AsyncIterator[bytes], _context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        taken = 0
        async for request in requests:
            if request == b"enough":
                raise errors.TooLarge("file_too_large", "Too much.")
            taken += len(request)
        return str(taken).encode()

    def register(self, server: grpc.aio.Server) -> None:
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            "Answer": grpc.unary_unary_rpc_method_handler(self.answer),
            "Count": grpc.unary_stream_rpc_method_handler(self.count),
            "Pour": grpc.unary_stream_rpc_method_handler(self.pour),
            "Take": grpc.stream_unary_rpc_method_handler(self.take),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))


CASES: dict[str, errors.FiapxError] = {
    "invalid": errors.Invalid("bad", "A field is wrong.", [FieldError("options.fps", "must be a number", "type")]),
    "unauthenticated": errors.Unauthenticated("who", "Who are you?"),
    "denied": errors.Denied("no", "Not you."),
    "not_found": errors.NotFound("video_not_found", "There is no such video."),
    "conflict": errors.Conflict("not_ready", "Not yet."),
    "precondition_failed": errors.PreconditionFailed("changed_meanwhile", "Not any more."),
    "gone": errors.Gone("expired", "No longer."),
    "too_large": errors.TooLarge("file_too_large", "Too much."),
    "unsupported": errors.Unsupported("unsupported_container", "Not a video."),
    "throttled": errors.Throttled("slow_down", "Too often.", 7.5),
    "unavailable": errors.Unavailable("store_down", "Later.", 3.0),
}


@asynccontextmanager
async def door(door: Door, drain_s: float = PATIENCE_S) -> AsyncIterator[str]:
    async with grpc_server(GrpcSettings(drain_s=drain_s), [SERVICE], door.register) as address:
        yield address


async def ask(channel: grpc.aio.Channel, request: bytes, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 — gRPC's own
    with answered_by("door"):
        ask_once: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/{SERVICE}/Answer")
        return await ask_once(request, timeout=timeout)


def told(error: errors.FiapxError) -> dict[str, Any]:
    return {"type": type(error), **vars(error)}


@pytest.mark.parametrize("case", CASES)
async def test_an_error_crosses_whole(case: str) -> None:
    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        with pytest.raises(errors.FiapxError) as caught:
            await ask(channel, case.encode())
    assert told(caught.value) == told(CASES[case])


WRONG: dict[str, list[FieldError]] = {
    "many": [FieldError(f"options.sampling.seconds.{number}", "must be a number " * 8) for number in range(1_000)],
    "long": [FieldError("options." + "ü" * 100_000, "€" * 100_000)],
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_refusal_with_more_to_tell_than_can_be_carried_tells_the_first_of_it(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CASES, wrong, errors.Invalid("bad", "Much is wrong.", WRONG[wrong]))
    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        with pytest.raises(errors.Invalid) as caught:
            await ask(channel, wrong.encode())
    first = caught.value.fields[0]
    assert (caught.value.code, first.code) == ("bad", "invalid")
    assert WRONG[wrong][0].field.startswith(first.field.rstrip("…"))
    assert WRONG[wrong][0].message.startswith(first.message.rstrip("…"))


async def give(channel: grpc.aio.Channel, requests: AsyncIterator[bytes]) -> bytes:
    with answered_by("door"):
        giving: grpc.aio.StreamUnaryMultiCallable[bytes, bytes] = channel.stream_unary(f"/{SERVICE}/Take")
        return await giving(requests)


async def test_what_is_sent_without_a_pause_arrives_whole() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(64 << 10)

    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        assert await give(channel, pieces()) == str(100 * (64 << 10)).encode()


@pytest.mark.parametrize("before", [0, 20])
async def test_who_still_sends_when_it_is_refused_is_told_why(before: int) -> None:
    """The client of gRPC alone tells INTERNAL for a quarter of these (grpc/grpc#36066)."""

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(before + 1000):
            yield b"enough" if number == before else bytes(64 << 10)
            sent.append(number)
            await asyncio.sleep(0)

    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        for _ in range(40):
            sent: list[int] = []
            with pytest.raises(errors.TooLarge):
                await give(channel, pieces())
            assert len(sent) < before + 1000, "it stopped sending"


async def test_a_stream_that_breaks_gives_its_messages_and_then_its_error() -> None:
    got: list[bytes] = []

    async def read(channel: grpc.aio.Channel) -> None:
        counting: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(f"/{SERVICE}/Count")
        with answered_by("door"):
            async for message in counting(b"fail"):
                got.append(message)  # noqa: PERF401 — what came before the error counts

    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        with pytest.raises(errors.Gone, match="expired"):
            await read(channel)
    assert got == [b"0", b"1", b"2"]


async def test_a_stream_cancelled_while_it_sends_is_closed_and_its_trace_put_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = Door()
    async with door(one) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        pouring: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(f"/{SERVICE}/Pour")
        call = pouring(b"")
        async for _ in call:
            break
        call.cancel()
        await asyncio.wait_for(one.open.wait(), PATIENCE_S)
    assert "Failed to detach context" not in caplog.text


async def test_an_unexpected_error_keeps_its_inner_words() -> None:
    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await ask(channel, b"crash")
    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.INTERNAL, "internal error")


async def test_a_call_without_a_deadline_gets_one() -> None:
    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        assert 0 < float(await ask(channel, b"deadline")) < PATIENCE_S + 1


async def test_a_deadline_of_its_own_is_kept() -> None:
    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        assert PATIENCE_S + 1 < float(await ask(channel, b"deadline", timeout=600)) < 601  # gRPC rounds up


async def test_a_service_that_does_not_answer_in_time_is_unavailable() -> None:
    async with door(Door(), drain_s=0) as address, open_channel(address, timeout_s=0.2) as channel:
        with pytest.raises(errors.Unavailable, match="door service does not answer"):
            await ask(channel, b"wait")


async def test_a_service_that_is_not_there_is_unavailable() -> None:
    async with open_channel("127.0.0.1:1", timeout_s=2) as channel:
        with pytest.raises(errors.Unavailable):
            await ask(channel, b"name")


async def test_replicas_take_turns() -> None:
    async with AsyncExitStack() as stack:
        addresses = [await stack.enter_async_context(door(Door(name))) for name in ("one", "two")]
        target = "ipv4:" + ",".join(addresses)
        channel = await stack.enter_async_context(open_channel(target, timeout_s=PATIENCE_S))
        async with asyncio.timeout(PATIENCE_S):
            heard: set[bytes] = set()
            while len(heard) < len(addresses):  # until both are connected
                heard.add(await ask(channel, b"name"))
        answers = [await ask(channel, b"name") for _ in range(10)]
    assert answers.count(b"one") == 5


async def test_a_stop_lets_the_call_under_way_finish() -> None:
    house = Door()
    async with AsyncExitStack() as channels:
        async with door(house) as address:
            channel = await channels.enter_async_context(open_channel(address, timeout_s=PATIENCE_S))
            call = asyncio.create_task(ask(channel, b"wait"))
            await house.knocked.wait()
            asyncio.get_running_loop().call_later(0.2, house.open.set)
        assert await call == b"waited"


def counted(code: str) -> float:
    return REGISTRY.get_sample_value("fiapx_grpc_requests_total", {"method": f"/{SERVICE}/Answer", "code": code}) or 0


async def test_a_call_whose_caller_went_away_is_counted_as_cancelled() -> None:
    house, before = Door(), counted("CANCELLED")
    async with door(house, drain_s=0) as address:
        async with open_channel(address, timeout_s=PATIENCE_S) as channel:
            call = asyncio.create_task(ask(channel, b"wait"))
            await house.knocked.wait()
        with suppress(asyncio.CancelledError, errors.Unavailable):
            await call
    await until(lambda: counted("CANCELLED") == before + 1)


async def test_health_says_serving() -> None:
    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=SERVICE))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_reflection_lists_the_service() -> None:
    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S) as channel:
        asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        answers = [one async for one in reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(asked)]
    assert SERVICE in {service.name for service in answers[0].list_services_response.service}


def seen_by_callers(result: str) -> float:
    labels = {"dependency": "door", "operation": "Answer", "result": result}
    return REGISTRY.get_sample_value("fiapx_dependency_calls_total", labels) or 0.0


async def counted_at_last(result: str, before: float) -> float:
    """The count once it has changed; that happens a moment after the call."""
    await until(lambda: seen_by_callers(result) != before)
    return seen_by_callers(result)


@pytest.mark.parametrize(
    ("request_", "result"),
    [(b"name", "ok"), (b"not_found", "refused"), (b"unavailable", "unavailable"), (b"crash", "failed")],
)
async def test_a_call_is_counted_as_its_caller_sees_it(request_: bytes, result: str) -> None:
    before = seen_by_callers(result)
    async with door(Door()) as address, open_channel(address, timeout_s=PATIENCE_S, callee="door") as channel:
        with suppress(errors.FiapxError, grpc.aio.AioRpcError):
            await ask(channel, request_)
        assert await counted_at_last(result, before) == before + 1


async def test_a_call_that_reaches_nobody_is_counted_too() -> None:
    before = seen_by_callers("unavailable")
    async with open_channel("127.0.0.1:1", timeout_s=2, callee="door") as channel:
        with pytest.raises(errors.Unavailable):
            await ask(channel, b"name")
        assert await counted_at_last("unavailable", before) == before + 1
