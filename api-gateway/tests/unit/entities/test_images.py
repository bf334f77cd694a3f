"""How long an image may be kept elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest
from api_gateway.entities.images import Kept

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
YEAR_S = 365 * 24 * 3600


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        (NOW + timedelta(days=7), 7 * 24 * 3600),
        (NOW - timedelta(seconds=1), 0),
        (NOW + timedelta(days=9999), YEAR_S),
        (None, YEAR_S),
    ],
)
def test_an_image_is_kept_elsewhere_no_longer_than_here_nor_than_a_year(until: datetime | None, seconds: int) -> None:
    assert Kept(until).seconds(NOW) == seconds
