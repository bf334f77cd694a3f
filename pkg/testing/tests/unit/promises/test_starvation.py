"""What is made of the times of clips beside much work."""

from fiapx_testing.promises.starvation import figure


def test_a_wait_is_told_in_times_of_a_segment() -> None:
    found = figure(1.0, [2.0, 3.0, 9.0], [0.5, 1.0, 4.0], "500 videos of another")
    assert (found.value, found.holds) == (2, True)
    assert found.of == "1.00 s alone, 3.00 s beside; 3 segments of 1.00 s"


def test_a_wait_for_more_than_two_segments_does_not_hold() -> None:
    assert not figure(1.0, [3.1], [1.0], "500 videos of another").holds
