"""Every measure, in the order of docs/reliability.md."""

from collections.abc import Mapping
from typing import Final

from fiapx_testing.promises.brokers import consumers_return
from fiapx_testing.promises.ground import Measure
from fiapx_testing.promises.outages import servers_go_away
from fiapx_testing.promises.overload import overload_sheds
from fiapx_testing.promises.poison import poison_delays_nobody
from fiapx_testing.promises.starvation import nobody_starves
from fiapx_testing.promises.takeover import segments_are_taken_over
from fiapx_testing.promises.terminations import nothing_fails_at_sigterm

MEASURES: Final[Mapping[str, Measure]] = {
    "takeover": segments_are_taken_over,
    "poison": poison_delays_nobody,
    "broker-back": consumers_return,
    "away": servers_go_away,
    "sigterm": nothing_fails_at_sigterm,
    "starvation": nobody_starves,
    "overload": overload_sheds,
}
