"""Gathers the evidence from PostgreSQL, the object store, RabbitMQ, the mail catcher and the scratch folder."""

import json
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx
from fiapx_local.servers import ObjectStore, Postgres, RabbitMQ, rabbitmq
from fiapx_local.servers.object_store import ACCESS_KEY, BUCKET, REGION
from fiapx_local.servers.rabbitmq import VHOST
from fiapx_local.stack import Stack
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from fiapx_testing.archives import read_archive
from fiapx_testing.chaos.evidence import ArchiveFound, Evidence, JobRow, MailFound, VideoRow
from fiapx_testing.object_stores import StoreSettings

_TIMEOUT_S: Final = 60
_TELLING: Final = ("auth", "upload", "processing")
"""Services with an outbox."""
_OUTCOME_MAIL: Final = re.compile(r"<?video_(completed|failed)\.([0-9a-f-]{36})\.(\d+)@")
_VIDEOS: Final = (
    "SELECT id, user_id, status, attempt, size_bytes, frame_count, archive_bytes, archive_key,"
    " deleted_at IS NOT NULL AS deleted, source_removed_at IS NOT NULL AS source_removed,"
    """ warnings @> '[{"code": "result_reused"}]' AS reused FROM videos"""
)
_STATES: Final = (
    "SELECT video_id, (change->>'attempt')::int AS attempt, change->>'status' AS status FROM video_events ORDER BY seq"
)
_JOBS: Final = "SELECT video_id, attempt, state, swept_at IS NOT NULL AS swept FROM jobs"

Rows = Sequence[Mapping[str, Any]]


async def gather(stack: Stack, users: frozenset[str]) -> Evidence:
    """Of these users' videos (ids), and of all queues and outboxes; archives are not opened yet."""
    videos = [row for row in await _rows(stack, "upload", _VIDEOS) if str(row["user_id"]) in users]
    states = await _rows(stack, "upload", _STATES)
    jobs = await _rows(stack, "processing", _JOBS)
    bucket = _bucket(stack)
    sizes = _sizes(bucket)
    queued, dead = queues(stack)
    return Evidence(
        videos={str(row["id"]): _video(row) for row in videos},
        jobs={(str(row["video_id"]), row["attempt"]): JobRow(row["state"], row["swept"]) for row in jobs},
        states=_by_video(states, {str(row["id"]) for row in videos}),
        archives={},
        mails=_mails(stack),
        objects=tuple(sizes),
        open_uploads=tuple(upload.key for upload in bucket.client().open_uploads(BUCKET, "")),
        scratch=_scratch(stack.settings.layout.scratch),
        outbox={service: await outbox(stack, service) for service in _TELLING},
        queued=queued,
        dead=dead,
        usage=_usage(videos, sizes),
    )


def with_archives(stack: Stack, evidence: Evidence, told: Callable[[int, int], None]) -> Evidence:
    """Opens each archive that a completed video says it has."""
    bucket = _bucket(stack)
    keys = {
        video_id: row.archive_key
        for video_id, row in evidence.videos.items()
        if row.status == "completed" and not row.deleted and row.archive_key
    }
    archives = {}
    for number, (video_id, key) in enumerate(keys.items()):
        told(number, len(keys))
        archives[video_id] = _archive(bucket, key)
    return replace(evidence, archives=archives)


async def outbox(stack: Stack, service: str) -> int:
    """Messages that wait to be published."""
    (row,) = await _rows(stack, service, "SELECT count(*) AS waiting FROM outbox")
    return int(row["waiting"])


def queues(stack: Stack) -> tuple[dict[str, int], dict[str, int]]:
    """Messages by queue: those that wait or are being handled, and the dead letters."""
    settings = stack.settings
    login = (rabbitmq.ADMIN, RabbitMQ(settings).password())
    address = f"http://{settings.host}:{settings.ports.inner.rabbitmq_management}/api/queues/{quote(VHOST, safe='')}"
    told = httpx.get(address, auth=login, timeout=_TIMEOUT_S).raise_for_status().json()
    counts = {queue["name"]: int(queue.get("messages", 0)) for queue in told}
    dead = {name: count for name, count in counts.items() if name.endswith(".dead")}
    return {name: count for name, count in counts.items() if name not in dead}, dead


async def _rows(stack: Stack, service: str, statement: str) -> Rows:
    engine = create_async_engine(
        Postgres(stack.settings).dsn(service, owner=True), connect_args={"timeout": _TIMEOUT_S}
    )
    try:
        async with engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(text(statement))).mappings()]
    finally:
        await engine.dispose()


def _bucket(stack: Stack) -> StoreSettings:
    store = ObjectStore(stack.settings)
    return StoreSettings(store.address, ACCESS_KEY, store.secret_key, REGION, BUCKET)


def _video(row: Mapping[str, Any]) -> VideoRow:
    names = ("status", "attempt", "size_bytes", "frame_count", "archive_key", "deleted", "source_removed", "reused")
    return VideoRow(**{name: row[name] for name in names})


def _by_video(rows: Rows, ids: set[str]) -> dict[str, tuple[tuple[int, str], ...]]:
    states = defaultdict[str, list[tuple[int, str]]](list)
    for row in rows:
        video_id, state = str(row["video_id"]), (int(row["attempt"]), str(row["status"]))
        if video_id in ids and state not in states[video_id][-1:]:
            states[video_id].append(state)
    return {video_id: tuple(told) for video_id, told in states.items()}


def _sizes(bucket: StoreSettings) -> dict[str, int]:
    listed = bucket.client().list_objects(bucket.bucket, recursive=True)
    # JuiceFS tells of the folders that objects were in, too
    return {one.object_name: one.size or 0 for one in listed if one.object_name and not one.object_name.endswith("/")}


def _scratch(folder: Path) -> tuple[str, ...]:
    """Copies of sources; a process that lives holds the lock of its own folder."""
    return tuple(str(path) for path in folder.rglob("*") if path.is_file() and path.name != "lock")


def _usage(videos: Rows, sizes: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Files and archives: manifests and parts are ours, and not counted."""
    usage: dict[str, tuple[int, int]] = {}
    for row in videos:
        if row["deleted"]:
            continue
        counted, stored = usage.get(str(row["user_id"]), (0, 0))
        source = 0 if row["source_removed"] else row["size_bytes"]
        archive = row["archive_bytes"] or 0
        found = sum(size for key, size in sizes.items() if _counts(key, str(row["id"])))
        usage[str(row["user_id"])] = (counted + source + archive, stored + found)
    return usage


def _counts(key: str, video_id: str) -> bool:
    folder, _, rest = key.partition("/")
    return rest.startswith(video_id) and (folder == "sources" or key.endswith("/frames.zip"))


def _archive(bucket: StoreSettings, key: str) -> ArchiveFound:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frames.zip"
        try:
            path.write_bytes(bucket.client().get_object(bucket.bucket, key).read())
            read = read_archive(path)
            _decode(list(read.images.values()))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is what we look for
            return ArchiveFound(intact=False, entries=0, frames=(), trouble=f"{type(error).__name__}: {error}"[:300])
    frames = tuple(str(frame["sha256"]) for frame in read.manifest["frames"])
    return ArchiveFound(intact=True, entries=len(frames), frames=frames)


def _decode(images: list[bytes]) -> None:
    """Raises subprocess.CalledProcessError: one cannot be decoded."""
    codec = "png" if images[0].startswith(b"\x89PNG") else "mjpeg"
    words = ["ffmpeg", "-v", "error", "-xerror", "-f", "image2pipe", "-c:v", codec, "-i", "-", "-f", "null", "-"]
    subprocess.run(words, input=b"".join(images), check=True, capture_output=True, timeout=_TIMEOUT_S)


def _mails(stack: Stack) -> tuple[MailFound, ...]:
    """Those about outcomes; their Message-ID tells of which."""
    answer = httpx.get(f"{stack.settings.mail_page_url}/api/email", timeout=_TIMEOUT_S).raise_for_status()
    found = []
    for mail in answer.json():
        message_id = str(mail["headers"].get("message-id", ""))
        if told := _OUTCOME_MAIL.match(message_id):
            kind, video_id, attempt = told.groups()
            found.append(MailFound(mail["to"][0]["address"], video_id, int(attempt), kind, message_id))
    return tuple(found)


def write_down(evidence: Evidence, file: Path) -> None:
    """For whoever looks into a breach."""
    plain = {
        "videos": {key: str(value) for key, value in evidence.videos.items()},
        "states": {key: list(value) for key, value in evidence.states.items()},
        "jobs": {f"{video_id} {attempt}": str(job) for (video_id, attempt), job in evidence.jobs.items()},
        "mails": [str(mail) for mail in evidence.mails],
        "objects": list(evidence.objects),
        "queued": dict(evidence.queued),
        "dead": dict(evidence.dead),
        "outbox": dict(evidence.outbox),
    }
    file.write_text(json.dumps(plain, indent=1) + "\n")
