"""Every measure, in the order of docs/reliability.md."""

from collections.abc import Mapping
from typing import Final

from fiapx_testing.promises.brokers import consumers_return
from fiapx_testing.promises.ground import Measure

MEASURES: Final[Mapping[str, Measure]] = {
    "broker-back": consumers_return,
}
