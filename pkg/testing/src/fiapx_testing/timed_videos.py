"""Videos through a platform, timed on the wall."""

import time
from pathlib import Path
from typing import Any, Final

from fiapx import Client

_TIMEOUT_S: Final = 600.0


def accepted_to_completed_s(client: Client, video: Path, options: dict[str, Any]) -> float:
    """From the answer to the upload to the time that the video says it was finished at; then it is deleted.

    Raises:
        AssertionError: it was not completed.
    """
    accepted = client.videos.upload(video, options)
    accepted_at = time.time()
    done = client.videos.wait(accepted.id, timeout_s=_TIMEOUT_S)
    if done.finished_at is None or done.error is not None:
        raise AssertionError(f"{video.name}: {done.status}")
    client.videos.delete(done.id)
    return done.finished_at.timestamp() - accepted_at
