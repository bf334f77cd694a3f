from dataclasses import replace
from typing import Any

import pytest
from fiapx_testing.chaos.checker import Case, breaches
from fiapx_testing.chaos.evidence import ArchiveFound, Evidence, JobRow, MailFound, VideoRow
from fiapx_testing.chaos.ledger import Promise, Said

VIDEO, GONE, OWNER = "5f0c", "77aa", "ana@example.com"
ROW = VideoRow(
    "completed", 1, 100, 2, f"results/{VIDEO}/1/frames.zip", deleted=False, source_removed=False, reused=False
)
MAIL = MailFound(OWNER, VIDEO, 1, "completed", f"<video_completed.{VIDEO}.1@example.com>")


def promise(video_id: str, said: Said = Said.ACCEPTED) -> Promise:
    return Promise(video_id, said, OWNER, "clip", "options")


GOOD = Case(
    promises=(promise(VIDEO), promise(GONE), promise(GONE, Said.DELETED)),
    evidence=Evidence(
        videos={
            VIDEO: ROW,
            GONE: replace(ROW, status="queued", frame_count=None, archive_key=None, deleted=True, source_removed=True),
        },
        jobs={(VIDEO, 1): JobRow("completed", swept=True)},
        states={VIDEO: ((1, "uploading"), (1, "queued"), (1, "processing"), (1, "completed"))},
        archives={VIDEO: ArchiveFound(intact=True, entries=2, frames=("a", "b"))},
        mails=(MAIL,),
        objects=(f"sources/{VIDEO}", f"results/{VIDEO}/1/frames.zip", f"results/{VIDEO}/1/manifest.json"),
        open_uploads=(),
        scratch=(),
        outbox={"upload": 0},
        queued={"upload.outcomes": 0},
        dead={"upload.outcomes.dead": 0},
        usage={"user": (300, 300)},
    ),
    undisturbed={("clip", "options"): ("a", "b")},
)


def found(**changes: Any) -> Case:
    return replace(GOOD, evidence=replace(GOOD.evidence, **changes))


def with_row(**changes: Any) -> Case:
    return found(videos={**GOOD.evidence.videos, VIDEO: replace(ROW, **changes)})


def test_a_run_in_which_all_went_well_has_no_breach() -> None:
    assert breaches(GOOD) == []


@pytest.mark.parametrize(
    ("invariant", "case"),
    [
        ("I1", found(videos={GONE: GOOD.evidence.videos[GONE]}, objects=(), usage={})),
        ("I1", with_row(status="processing")),
        ("I1", with_row(status="failed")),
        ("I1", replace(GOOD, promises=(*GOOD.promises, promise(VIDEO, Said.CANCELLED)))),
        ("I1", with_row(deleted=True)),
        ("I1", found(jobs={(VIDEO, 1): JobRow("running", swept=False)})),
        ("I1", replace(GOOD, promises=GOOD.promises[:2])),
        ("I1", found(videos={**GOOD.evidence.videos, "second": ROW})),
        ("I2", found(archives={})),
        ("I2", found(archives={VIDEO: ArchiveFound(intact=False, entries=2, frames=("a", "b"), trouble="CRC")})),
        ("I2", with_row(frame_count=3)),
        ("I3", found(archives={VIDEO: ArchiveFound(intact=True, entries=2, frames=("a", "c"))})),
        ("I4", found(mails=())),
        ("I4", found(mails=(MAIL, replace(MAIL, message_id="<another@example.com>")))),
        ("I4", found(mails=(MAIL, replace(MAIL, kind="failed")))),
        ("I4", found(mails=(MAIL, replace(MAIL, recipient="bob@example.com")))),
        ("I5", found(objects=(*GOOD.evidence.objects, f"sources/{GONE}"))),
        ("I5", found(objects=(*GOOD.evidence.objects, f"parts/{VIDEO}/1/0-1"))),
        ("I5", found(open_uploads=(f"sources/{GONE}",))),
        ("I5", found(scratch=("scratch/copy",))),
        ("I6", found(outbox={"upload": 1})),
        ("I6", found(queued={"upload.outcomes": 1})),
        ("I6", found(dead={"upload.outcomes.dead": 1})),
        ("I7", found(states={VIDEO: ((1, "processing"), (1, "queued"), (1, "completed"))})),
        ("I7", found(states={VIDEO: ((1, "completed"), (1, "cancelled"), (1, "completed"))})),
        ("I7", found(states={VIDEO: ((1, "processing"), (2, "queued"), (1, "completed"))})),
        ("I8", found(usage={"user": (300, 200)})),
    ],
)
def test_each_broken_invariant_is_seen(invariant: str, case: Case) -> None:
    assert invariant in {breach.invariant for breach in breaches(case)}


def test_a_mail_that_came_twice_with_one_message_id_is_no_breach() -> None:
    assert breaches(found(mails=(MAIL, MAIL))) == []


def test_a_cancelled_video_that_is_tried_again_is_no_breach() -> None:
    states = ((1, "uploading"), (1, "queued"), (1, "cancelled"), (2, "queued"), (2, "completed"))
    case = found(states={VIDEO: states}, mails=(replace(MAIL, attempt=2),))
    said = (promise(VIDEO, Said.CANCELLED), promise(VIDEO, Said.RETRIED))

    assert breaches(replace(case, promises=(*case.promises, *said))) == []


def test_an_upload_that_nobody_said_yes_to_may_have_failed() -> None:
    """An upload that is tried again makes no second video, since it has a key."""
    videos = {**GOOD.evidence.videos, "lost": replace(ROW, status="failed", frame_count=None)}

    assert breaches(found(videos=videos)) == []


ENDLESS = replace(ROW, status="processing", frame_count=None, archive_key=None)
TRIED_AGAIN = ((1, "queued"), (1, "cancelled"), (2, "queued"), (2, "completed"))

MUTANTS = {
    "the outbox row of an upload dropped: nobody hears of it": found(
        videos={**GOOD.evidence.videos, VIDEO: replace(ENDLESS, status="queued")},
        jobs={},
        states={VIDEO: ((1, "queued"),)},
        archives={},
        mails=(),
        objects=(f"sources/{VIDEO}",),
        usage={"user": (100, 100)},
    ),
    "an outcome acknowledged before its commit: the video never hears of it": found(
        videos={**GOOD.evidence.videos, VIDEO: ENDLESS},
        states={VIDEO: ((1, "queued"), (1, "processing"))},
        archives={},
        usage={"user": (100, 300)},
    ),
    "a segment acknowledged before its commit: its job never ends": found(
        videos={**GOOD.evidence.videos, VIDEO: ENDLESS},
        jobs={(VIDEO, 1): JobRow("running", swept=False)},
        states={VIDEO: ((1, "queued"), (1, "processing"))},
        archives={},
        mails=(),
        objects=(f"sources/{VIDEO}", f"parts/{VIDEO}/1/0-1"),
        usage={"user": (100, 100)},
    ),
    "an outcome's attempt number ignored: the cancelled attempt's result is taken for the new one's": replace(
        found(
            jobs={(VIDEO, 1): JobRow("completed", swept=True), (VIDEO, 2): JobRow("completed", swept=True)},
            states={VIDEO: TRIED_AGAIN},
            mails=(MAIL, replace(MAIL, attempt=2, message_id=f"<video_completed.{VIDEO}.2@example.com>")),
        ),
        promises=(*GOOD.promises, promise(VIDEO, Said.CANCELLED), promise(VIDEO, Said.RETRIED)),
    ),
    "a segment's attempt number ignored: a zombie's part stands for the new holder's": found(
        archives={VIDEO: ArchiveFound(intact=True, entries=1, frames=("a",))},
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_what_a_mutant_of_the_platform_would_leave_is_seen(mutant: str) -> None:
    assert breaches(MUTANTS[mutant])
