"""Images, with scores where they are wanted, for who gets raw frames: made in a child, by libav's own ways."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import astuple, replace

from fiapx_models.failures import FailureCode

from fiapx_engine.child import ProcessLimits
from fiapx_engine.engine import EncodedFrame
from fiapx_engine.errors import DecoderFailed
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav.wire import Head
from fiapx_engine.libav_child import ChildRefused, LibavChild, libav_child
from fiapx_engine.scores import Scores, scores_from
from fiapx_engine.segments import Picture


async def with_scores(
    server: ForkServer, raw: AsyncGenerator[EncodedFrame, None], picture: Picture, limits: ProcessLimits
) -> AsyncGenerator[EncodedFrame, None]:
    """The same frames, whose raw bytes have become images; closes `raw`.

    Raises:
        DecoderFailed: the child is gone, takes too long, or cannot encode.
    """
    async with aclosing(raw), libav_child(server, limits) as child:
        await child.begin_without_source()
        async for frame in raw:
            yield await _encoded(child, frame, picture) if frame.entries else frame


def scores_told(head: Head) -> Scores | None:
    """Of a message with an image. Raises DecoderFailed."""
    try:
        return scores_from(head["scores"]) if head.get("scores") is not None else None
    except ValueError as error:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, str(error)) from error


async def _encoded(child: LibavChild, frame: EncodedFrame, picture: Picture) -> EncodedFrame:
    command = {"do": "encode", "picture": list(astuple(picture))}
    found: EncodedFrame | None = None
    try:
        async with aclosing(child.messages(command, frame.data)) as messages:
            async for head, image in messages:
                if "image" in head:
                    found = replace(frame, data=image, scores=scores_told(head))
    except ChildRefused as error:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, f"an image cannot be encoded: {error}") from error
    if found is None:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, "no image came back")
    return found
