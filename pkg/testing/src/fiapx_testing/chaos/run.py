"""One run: a platform of its own, the undisturbed results, the storm, quiet, the verdict."""

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, Final

from fiapx_local.services import Service

from fiapx_testing.archives import read_archive
from fiapx_testing.chaos.checker import Breach, Case, Frames, breaches
from fiapx_testing.chaos.errands import User
from fiapx_testing.chaos.evidence import NOTHING, Evidence
from fiapx_testing.chaos.faults.striking import Striker, Struck
from fiapx_testing.chaos.gathering import with_archives, write_down
from fiapx_testing.chaos.ledger import Ledger, Promise, Said
from fiapx_testing.chaos.mutants import mutated
from fiapx_testing.chaos.own_platform import own_platform
from fiapx_testing.chaos.schedule import Fault, Schedule, schedule
from fiapx_testing.chaos.settling import settle
from fiapx_testing.chaos.storm import Progress, Storm
from fiapx_testing.platforms import Account, Platform

OPTIONS: Final[Mapping[str, Any]] = {
    "a frame a second": {"sampling": {"rule": "fps", "fps": 1}},
    "small JPEGs": {"sampling": {"rule": "every", "frames": 10}, "format": "jpeg", "width": 160},
    "scenes": {"sampling": {"rule": "scenes", "threshold": 0.3}, "format": "jpeg", "width": 160},
}
"""Scenes are found by ffmpeg, in a copy of the source."""
_USERS: Final = 4
_UNDISTURBED_WITHIN_S: Final = 240


@dataclass(frozen=True)
class Wish:
    """What a run shall be."""

    uploads: int
    seconds: float
    times: Mapping[Fault, int]
    """How often each fault strikes each of its targets."""
    seed: int
    settles_within_s: float = 240.0
    """What is wrong for so long after the last fault is wrong."""
    programs: frozenset[str] = frozenset()
    """Whom the faults strike: processes, servers, queues; none named: all."""
    mutant: str | None = None
    """One of `MUTANTS`, which the run shall find."""


@dataclass(frozen=True)
class Verdict:
    """What came of a run."""

    struck: tuple[Struck, ...]
    promises: int
    videos: Mapping[str, int]
    """How many ended in each status; `reused` are those of the completed that got a kept result's copy."""
    quiet_after_s: float | None
    """From the last fault and upload until nothing was under way any more; None: it never was quiet."""
    swept_after_s: float | None
    """Until nothing was left over either."""
    breaches: tuple[Breach, ...]

    @property
    def holds(self) -> bool:
        return (
            not self.breaches
            and self.quiet_after_s is not None
            and all(struck.recovery_s is not None for struck in self.struck)
        )


def run(wish: Wish, clips: Mapping[str, Path], folder: Path, told: Progress) -> Verdict:
    """Leaves `ledger.jsonl`, `evidence.json` and the programs' logs in the folder; no program runs on."""
    folder.mkdir(parents=True, exist_ok=True)
    shows = folder / "mutant-shows"
    shows.unlink(missing_ok=True)
    over = Event()

    def changed(service: Service) -> Service:
        return mutated(service, wish.mutant, shows) if wish.mutant else service

    with ExitStack() as ending:
        told("starting the platform", 0, 1)
        own = ending.enter_context(own_platform(folder, changed))
        platform = own.platform
        accounts = [platform.new_account(gateway=number % 2) for number in range(_USERS)]
        for account in accounts:
            ending.callback(account.client.close)
        ids = frozenset(str(account.client.me().id) for account in accounts)
        ledger = Ledger(folder / "ledger.jsonl")
        ending.callback(ledger.close)
        undisturbed = _undisturbed(accounts[0], clips, ledger, folder, told)
        shows.touch()
        users = [User(account, ledger, clips, OPTIONS, over).run for account in accounts]
        with Striker.of(platform, own.network, own.disks) as striker:
            struck = Storm(_plan(wish, platform, striker, clips), users, striker, over, told).blow()
        case = Case(tuple(ledger.promises), NOTHING, undisturbed)
        settled = settle(platform, case, ids, wish.settles_within_s, told)
        evidence = with_archives(
            platform.stack, settled.evidence, lambda now, all_: told("opening the archives", now, all_)
        )
        write_down(evidence, folder / "evidence.json")
        return Verdict(
            struck=struck,
            promises=len(ledger.promises),
            videos=_counted(evidence),
            quiet_after_s=settled.quiet_after_s,
            swept_after_s=settled.swept_after_s,
            breaches=tuple(breaches(replace(case, evidence=evidence))),
        )


def _undisturbed(
    account: Account, clips: Mapping[str, Path], ledger: Ledger, folder: Path, told: Progress
) -> dict[tuple[str, str], Frames]:
    """What each clip gives with each options when nothing is wrong."""
    found: dict[tuple[str, str], Frames] = {}
    wanted = [(clip, options) for clip in clips for options in OPTIONS]
    for number, (clip, options) in enumerate(wanted):
        told("the undisturbed results", number, len(wanted))
        videos = account.client.videos
        video = videos.upload(clips[clip], OPTIONS[options])
        ledger.write(Promise(str(video.id), Said.ACCEPTED, account.address, clip, options))
        done = videos.wait(video.id, timeout_s=_UNDISTURBED_WITHIN_S)
        archive = read_archive(videos.download(done.id, folder / "undisturbed.zip"))
        found[clip, options] = tuple(str(frame["sha256"]) for frame in archive.manifest["frames"])
    (folder / "undisturbed.zip").unlink()
    return found


def _plan(wish: Wish, platform: Platform, striker: Striker, clips: Mapping[str, Path]) -> Schedule:
    """Each fault strikes everything that it makes sense for, or only what is wished."""
    known = {server.name for server in platform.stack.servers()}
    targets = striker.targets(sorted(wish.times))
    known.update(*targets.values())
    unknown = wish.programs - known
    assert not unknown, f"no programs: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}"
    return schedule(
        wish.seed,
        uploads=wish.uploads,
        seconds=wish.seconds,
        targets={
            fault: [name for name in names if name in wish.programs or not wish.programs]
            for fault, names in targets.items()
        },
        times=wish.times,
        clips=sorted(clips),
        options=sorted(OPTIONS),
    )


def _counted(evidence: Evidence) -> dict[str, int]:
    rows = evidence.videos.values()
    counts = Counter("deleted" if row.deleted else row.status for row in rows)
    return {**dict(sorted(counts.items())), "reused": sum(row.reused for row in rows)}
