"""Users who upload videos while the platform is struck, and write down each promise that it gives."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import httpx
from fiapx import ClientError, ProblemError

from fiapx_testing.chaos.ledger import Ledger, Promise, Said
from fiapx_testing.chaos.parts import UploadInParts
from fiapx_testing.chaos.schedule import Errand
from fiapx_testing.chaos.tails import with_tail
from fiapx_testing.platforms import Account

Result = TypeVar("Result")

_INSISTS_FOR_S: Final = 180.0
_AGAIN_AFTER_S: Final = 0.5
_TOKEN_LASTS_S: Final = 840.0
"""Until then nobody may be signed out; later the answer to a renewal may have been lost for too long."""
_LATER: Final = frozenset({"rate_limited", "incomplete_upload", "upload_too_slow", "idempotency_key_in_use"})
"""Answers that blame the client for what a fault did to its upload, or tell of its own try before."""
_PADDING_BYTES: Final = 6 << 20
"""Of what is sent in parts: more than one of the smallest that S3 allows."""


class Ended(RuntimeError):
    """The run is over before its time."""


class User:
    """Runs errands through one gateway, as often as it takes; what nobody said yes to is no promise."""

    def __init__(
        self, account: Account, ledger: Ledger, clips: Mapping[str, Path], options: Mapping[str, Any], over: Event
    ) -> None:
        self._account = account
        self._ledger = ledger
        self._clips = clips
        self._options = options
        self._over = over
        self._signed_in_at = time.monotonic()

    def run(self, errand: Errand) -> None:
        """Raises Ended, and AssertionError: nobody said yes for three minutes."""
        videos = self._account.client.videos
        video_id = self._insist(self._in_parts(errand) if errand.in_parts else self._streamed(errand))
        self._write(video_id, Said.ACCEPTED, errand)
        if errand.then == "delete":
            self._insist(lambda: _unless(lambda: videos.delete(video_id), "video_not_found"))
            self._write(video_id, Said.DELETED, errand)
        if errand.then in ("cancel", "retry") and self._insist(
            lambda: _unless(lambda: videos.cancel(video_id), "not_cancellable")
        ):
            self._write(video_id, Said.CANCELLED, errand)
            if errand.then == "retry":
                self._insist(lambda: _unless(lambda: videos.retry(video_id), "not_retryable"))
                self._write(video_id, Said.RETRIED, errand)

    def _streamed(self, errand: Errand) -> Callable[[], UUID]:
        """An upload that makes one video, however often it is tried."""
        clip, options, key = self._clips[errand.clip], self._options[errand.options], str(uuid4())

        def upload() -> UUID:
            with tempfile.NamedTemporaryFile(suffix=clip.suffix) as file:
                file.write(_file(clip, bytes.fromhex(errand.tail)))
                file.flush()
                videos = self._account.client.videos
                return videos.upload(file.name, options, filename=clip.name, idempotency_key=key).id

        return upload

    def _in_parts(self, errand: Errand) -> Callable[[], UUID]:
        clip = self._clips[errand.clip]
        file = _file(clip, bytes.fromhex(errand.tail) + bytes(_PADDING_BYTES))
        facts = {"filename": clip.name, "options": self._options[errand.options]}
        return UploadInParts(self._account.client, self._account.gateway_url, file, facts, uuid4()).go_on

    def _write(self, video_id: UUID, said: Said, errand: Errand) -> None:
        self._ledger.write(Promise(str(video_id), said, self._account.address, errand.clip, errand.options))

    def _insist(self, call: Callable[[], Result]) -> Result:
        """Again and again, as users do: while no answer comes, or one that says to come later or to sign in."""
        until = time.monotonic() + _INSISTS_FOR_S
        while True:
            try:
                return call()
            except ClientError as error:
                failure = error
            if _is_signed_out(failure) and time.monotonic() - self._signed_in_at > _TOKEN_LASTS_S:
                self._sign_in()
            elif not _is_passing(failure):
                raise failure
            assert time.monotonic() < until, f"refused for {_INSISTS_FOR_S:g} s: {failure}"
            if self._over.wait(_AGAIN_AFTER_S):
                raise Ended

    def _sign_in(self) -> None:
        """Or not; the next try shows it."""
        try:
            self._account.log_in()
        except ClientError as error:
            if not _is_passing(error):
                raise
        else:
            self._signed_in_at = time.monotonic()


def _file(clip: Path, tail: bytes) -> bytes:
    return with_tail(clip.read_bytes(), clip.suffix.removeprefix("."), tail)


def _is_signed_out(failure: ClientError) -> bool:
    return isinstance(failure, ProblemError) and failure.status == httpx.codes.UNAUTHORIZED


def _is_passing(failure: ClientError) -> bool:
    if not isinstance(failure, ProblemError):
        return True
    return failure.status >= httpx.codes.INTERNAL_SERVER_ERROR or failure.code in _LATER


def _unless(call: Callable[[], Result], *codes: str) -> Result | None:
    """None where the platform refuses with one of these: the answer to an earlier try was lost, or it is too late."""
    try:
        return call()
    except ProblemError as problem:
        if problem.code not in codes:
            raise
        return None
