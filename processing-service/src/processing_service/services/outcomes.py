"""How a use case ended, as whoever sent the message must know it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finished:
    """What was asked for is done, or has failed in a way that its owner is told."""


@dataclass(frozen=True)
class NothingToDo:
    """Done before, or no longer wanted."""

    reason: str


@dataclass(frozen=True)
class Later:
    """Not now."""

    seconds: float
    reason: str


@dataclass(frozen=True)
class Hopeless:
    """Its job has failed because this was tried too often: an operator may want to look."""

    reason: str


@dataclass(frozen=True)
class Unfinished:
    """This process stops; somebody else is to do it."""


Outcome = Finished | NothingToDo | Later | Hopeless | Unfinished
