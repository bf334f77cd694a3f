"""What will happen in a run, all of it drawn from one seed before it begins."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_QUIET_SHARE: Final = 0.03
"""Of the run, before the first fault and after the last."""


class Fault(StrEnum):
    """What is done to a program, or to the broker."""

    KILL = "kill"
    """SIGKILL; its supervisor starts it again."""
    STOP = "stop"
    """SIGSTOP, and SIGCONT some seconds later: a process that is there and does nothing."""
    TERM = "term"
    """SIGTERM, as a rolling update does."""
    BLOCK = "block"
    """The broker's memory alarm: publishers are blocked for some seconds."""
    DELAY = "delay"
    """All that passes between the programs and a server takes longer."""
    RESET = "reset"
    """Connections to a server are reset, again and again; new ones work."""
    REFUSE = "refuse"
    """Connections to a server are reset, new ones too."""
    SILENCE = "silence"
    """Nothing passes between the programs and a server, and nothing is closed: a blackhole."""
    DEAF = "deaf"
    """A server hears the programs, and they do not hear it."""
    PARTITION = "partition"
    """One process reaches no server, some for longer than a lease lasts."""
    SLOW_MAIL = "slow-mail"
    """The SMTP server takes seconds for each line."""
    FULL = "full"
    """The disk of the store, or of the broker, is full."""
    FULL_SCRATCH = "full-scratch"
    """The disk of the workers' and planners' scratch folders is full."""
    REPEAT = "repeat"
    """All messages that a queue has got come to it again, twice and shuffled."""


_LASTS_S: Final = {
    Fault.STOP: (2.0, 6.0),
    Fault.BLOCK: (3.0, 8.0),
    Fault.DELAY: (3.0, 8.0),
    Fault.RESET: (2.0, 4.0),
    Fault.REFUSE: (2.0, 6.0),
    Fault.SILENCE: (2.0, 8.0),
    Fault.DEAF: (2.0, 8.0),
    Fault.PARTITION: (2.0, 14.0),
    Fault.SLOW_MAIL: (20.0, 40.0),
    Fault.FULL: (3.0, 8.0),
    Fault.FULL_SCRATCH: (5.0, 15.0),
}


@dataclass(frozen=True, slots=True, order=True)
class Strike:
    """One fault, seconds after the start; it heals after `lasts_s`."""

    at_s: float
    fault: Fault
    target: str
    lasts_s: float


@dataclass(frozen=True, slots=True, order=True)
class Errand:
    """One upload, seconds after the start, and what its owner does next."""

    at_s: float
    clip: str
    options: str
    """The name of the options."""
    then: str
    """wait, cancel, delete, or retry (cancel, and try again)."""
    tail: str
    """Hexadecimal: what makes its file another one than all others; empty: the clip as it is, for the nth time."""
    in_parts: bool
    """Sent past the gateway to the store; else streamed."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """In the order of time."""

    strikes: tuple[Strike, ...]
    errands: tuple[Errand, ...]
    seconds: float


_REPEATED_SHARE: Final = 0.2
"""Of the uploads: the platform may give a result that it keeps once more."""
_IN_PARTS_SHARE: Final = 0.25
_TAIL_BYTES: Final = 16
_THEN: Final = ("wait",) * 7 + ("cancel", "delete", "retry")


def schedule(
    seed: int,
    *,
    uploads: int,
    seconds: float,
    targets: Mapping[Fault, Sequence[str]],
    times: Mapping[Fault, int],
    clips: Sequence[str],
    options: Sequence[str],
) -> Schedule:
    """The same from the same arguments. Every target gets each of its faults as many `times` as are given for it."""
    chance = random.Random(seed)
    errands = sorted(
        Errand(
            at_s=round(chance.uniform(0, seconds), 3),
            clip=chance.choice(clips),
            options=chance.choice(options),
            then=chance.choice(_THEN),
            tail="" if chance.random() < _REPEATED_SHARE else chance.randbytes(_TAIL_BYTES).hex(),
            in_parts=chance.random() < _IN_PARTS_SHARE,
        )
        for _ in range(uploads)
    )
    return Schedule(tuple(sorted(_strikes(chance, seconds, targets, times))), tuple(errands), seconds)


def _strikes(
    chance: random.Random, seconds: float, targets: Mapping[Fault, Sequence[str]], times: Mapping[Fault, int]
) -> Iterator[Strike]:
    """Spread evenly over the run, with some play: a fault in each slot, so that none waits for another."""
    wanted = [(fault, target) for fault, names in targets.items() for target in names for _ in range(times[fault])]
    chance.shuffle(wanted)
    quiet_s = seconds * _QUIET_SHARE
    slot_s = (seconds - 2 * quiet_s) / max(len(wanted), 1)
    for number, (fault, target) in enumerate(wanted):
        shortest, longest = _LASTS_S.get(fault, (0.0, 0.0))
        at_s = quiet_s + slot_s * (number + chance.random())
        yield Strike(round(at_s, 3), fault, target, round(chance.uniform(shortest, longest), 3))
