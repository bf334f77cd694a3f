"""What is made of the times of clips beside poison."""

from fiapx_testing.promises.poison import figures


def test_the_median_delay_counts_and_the_spread_is_told() -> None:
    delay, endless = figures([0.5, 0.1, -0.2], [3, 3, 3])
    assert (delay.value, delay.holds, delay.of) == (10, True, "3 pairs, -20 to 50 %")
    assert endless.holds


def test_poison_that_was_charged_otherwise_is_told() -> None:
    delay, endless = figures([0.11, 0.2], [3, 2])
    assert not delay.holds
    assert (endless.value, endless.holds) == (1, False)
