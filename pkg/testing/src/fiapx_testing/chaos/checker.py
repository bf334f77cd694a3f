"""The invariants, over what was promised and what was found: no breach, or something was lost."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from fiapx_testing.chaos.evidence import Evidence
from fiapx_testing.chaos.ledger import Promise, Said

TERMINAL: Final = frozenset({"completed", "failed", "cancelled"})
_ORDER: Final = {"uploading": 0, "queued": 1, "processing": 2, **dict.fromkeys(TERMINAL, 3)}
FINISHED_JOBS: Final = frozenset({"completed", "failed", "cancelled", "superseded"})
_MAILED: Final = frozenset({"completed", "failed"})

Frames = tuple[str, ...]
"""The sha256 of each image."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken invariant, I1 to I8."""

    invariant: str
    about: str
    """A video's id, a key, a queue."""
    what: str


@dataclass(frozen=True)
class Case:
    """One run: what was promised, what was found, and what each clip gives undisturbed, by clip and options."""

    promises: tuple[Promise, ...]
    evidence: Evidence
    undisturbed: Mapping[tuple[str, str], Frames]

    @property
    def accepted(self) -> list[Promise]:
        return [promise for promise in self.promises if promise.said is Said.ACCEPTED]

    def of(self, said: Said) -> set[str]:
        return {promise.video_id for promise in self.promises if promise.said is said}

    def promised_end(self, video_id: str) -> str:
        """The status that a video which was not deleted must have in the end."""
        is_cancelled = video_id in self.of(Said.CANCELLED) - self.of(Said.RETRIED)
        return "cancelled" if is_cancelled else "completed"


def breaches(case: Case) -> list[Breach]:
    """All that is wrong, in the order of the invariants."""
    return [breach for invariant in _INVARIANTS for breach in invariant(case)]


def breaches_but_archives(case: Case) -> list[Breach]:
    """As `breaches`, before the archives are opened."""
    return [breach for invariant in _INVARIANTS if invariant not in _OF_ARCHIVES for breach in invariant(case)]


def _each_promise_is_kept(case: Case) -> Iterator[Breach]:
    """I1: what was accepted has one row, and ends as its owner was told; every clip is sound, so none may fail."""
    for promise in case.accepted:
        row = case.evidence.videos.get(promise.video_id)
        if row is None:
            yield Breach("I1", promise.video_id, "was accepted, and has no row")
        elif row.deleted != (promise.video_id in case.of(Said.DELETED)):
            yield Breach("I1", promise.video_id, f"deleted: {row.deleted}")
        elif not row.deleted and row.status != case.promised_end(promise.video_id):
            yield Breach("I1", promise.video_id, f"is {row.status}, not {case.promised_end(promise.video_id)}")
    promised = {promise.video_id for promise in case.accepted}
    for video_id, row in case.evidence.videos.items():
        if video_id not in promised and row.status != "failed" and not row.deleted:
            yield Breach("I1", video_id, f"was never promised, and is {row.status}")
    for (video_id, attempt), job in case.evidence.jobs.items():
        if job.state not in FINISHED_JOBS:
            yield Breach("I1", video_id, f"its job of attempt {attempt} is {job.state} for ever")


def _completed_means_a_whole_archive(case: Case) -> Iterator[Breach]:
    """I2: what is completed can be opened, and has as many images as it says."""
    for video_id, row in case.evidence.videos.items():
        if row.status != "completed" or row.deleted:
            continue
        archive = case.evidence.archives.get(video_id)
        if archive is None:
            yield Breach("I2", video_id, "is completed, and its archive was not found")
        elif not archive.intact:
            yield Breach("I2", video_id, f"its archive is not whole: {archive.trouble}")
        elif archive.entries != row.frame_count:
            yield Breach("I2", video_id, f"{archive.entries} entries, frame_count {row.frame_count}")


def _the_same_frames_as_undisturbed(case: Case) -> Iterator[Breach]:
    """I3: faults change no frame."""
    for promise in case.accepted:
        archive = case.evidence.archives.get(promise.video_id)
        if archive is not None and archive.frames != case.undisturbed[promise.clip, promise.options]:
            yield Breach("I3", promise.video_id, f"other frames than {promise.clip} gives with {promise.options}")


def _one_mail_for_each_outcome(case: Case) -> Iterator[Breach]:
    """I4: at least one for each attempt that ended, and if there are more, all with the same Message-ID."""
    ids: dict[tuple[str, int, str], set[str]] = {}
    for mail in case.evidence.mails:
        ids.setdefault((mail.video_id, mail.attempt, mail.kind), set()).add(mail.message_id)
    for key, found in ids.items():
        if len(found) > 1:
            yield Breach("I4", key[0], f"{len(found)} different mails about attempt {key[1]}: {key[2]}")
    owners = {promise.video_id: promise.owner for promise in case.accepted}
    for mail in case.evidence.mails:
        if mail.recipient != owners.get(mail.video_id, mail.recipient):
            yield Breach("I4", mail.video_id, f"its mail went to {mail.recipient}")
    for promise in case.accepted:
        for attempt, status in _outcomes(case.evidence, promise.video_id):
            if (promise.video_id, attempt, status) not in ids:
                yield Breach("I4", promise.video_id, f"no mail about attempt {attempt}: {status}")
    known = {
        (video_id, *outcome) for video_id in case.evidence.states for outcome in _outcomes(case.evidence, video_id)
    }
    for video_id, attempt, kind in set(ids) - known:
        yield Breach("I4", video_id, f"a mail about attempt {attempt}, which is not {kind}")


def _nothing_is_left_over(case: Case) -> Iterator[Breach]:
    """I5: what lies about without a reason."""
    living = {video_id for video_id, row in case.evidence.videos.items() if not row.deleted}
    for key in case.evidence.objects:
        video_id = key.split("/")[1] if key.count("/") else ""
        if video_id not in living:
            yield Breach("I5", key, "an object without a row")
        elif key.startswith("parts/"):
            yield Breach("I5", key, "a part of a job that has ended")
    for key in case.evidence.open_uploads:
        yield Breach("I5", key, "an open multipart upload")
    for path in case.evidence.scratch:
        yield Breach("I5", path, "left in the scratch folder")


def _nothing_waits(case: Case) -> Iterator[Breach]:
    """I6: nothing waits, and what was given up is a failed job."""
    for database, count in case.evidence.outbox.items():
        if count:
            yield Breach("I6", database, f"{count} messages wait in the outbox")
    for queue, count in case.evidence.queued.items():
        if count:
            yield Breach("I6", queue, f"{count} messages wait in the queue")
    poisoned = sum(job.state == "failed" for job in case.evidence.jobs.values())
    dead = sum(case.evidence.dead.values())
    if dead > poisoned:
        yield Breach("I6", "dead letters", f"{dead}, and {poisoned} jobs failed")


def _no_state_goes_back(case: Case) -> Iterator[Breach]:
    """I7: within an attempt states only follow each other, and attempts only grow."""
    for video_id, states in case.evidence.states.items():
        for (attempt, status), (next_attempt, next_status) in pairwise(states):
            back = next_attempt == attempt and _ORDER[next_status] < _ORDER[status]
            changed = next_attempt == attempt and status in TERMINAL and next_status != status
            restarted = next_attempt == attempt + 1 and status in TERMINAL and next_status == "queued"
            if back or changed or (next_attempt != attempt and not restarted):
                yield Breach("I7", video_id, f"{status} of {attempt} became {next_status} of {next_attempt}")


def _quotas_count_what_is_stored(case: Case) -> Iterator[Breach]:
    """I8: the bytes that upload-service counts for an owner are those that lie in the store."""
    for owner, (counted, stored) in case.evidence.usage.items():
        if counted != stored:
            yield Breach("I8", owner, f"{counted} bytes counted, {stored} stored")


def _outcomes(evidence: Evidence, video_id: str) -> set[tuple[int, str]]:
    return {state for state in evidence.states.get(video_id, ()) if state[1] in _MAILED}


_INVARIANTS: Final[tuple[Callable[[Case], Iterator[Breach]], ...]] = (
    _each_promise_is_kept,
    _completed_means_a_whole_archive,
    _the_same_frames_as_undisturbed,
    _one_mail_for_each_outcome,
    _nothing_is_left_over,
    _nothing_waits,
    _no_state_goes_back,
    _quotas_count_what_is_stored,
)
_OF_ARCHIVES: Final = (_completed_means_a_whole_archive, _the_same_frames_as_undisturbed)
