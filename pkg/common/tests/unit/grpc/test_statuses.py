"""Statuses of other services as errors of ours."""

import grpc
import pytest
from fiapx_common.errors import Unavailable
from fiapx_common.grpc.statuses import from_rpc_error

StatusCode = grpc.StatusCode


def rpc_error(code: StatusCode) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata())


@pytest.mark.parametrize(
    "code",
    [StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED, StatusCode.CANCELLED, StatusCode.UNIMPLEMENTED],
)
def test_a_callee_that_is_away_slow_going_down_or_old_is_unavailable(code: StatusCode) -> None:
    error = from_rpc_error(rpc_error(code), "upload")
    assert isinstance(error, Unavailable)
    assert error.detail == "The upload service does not answer at the moment."


@pytest.mark.parametrize("code", [StatusCode.INTERNAL, StatusCode.DATA_LOSS])
def test_what_nobody_expected_stays_an_rpc_error(code: StatusCode) -> None:
    error = rpc_error(code)
    assert from_rpc_error(error, "upload") is error
