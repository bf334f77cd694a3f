from fiapx_testing.figures import Figure, table


def test_a_figure_holds_up_to_its_bound() -> None:
    assert Figure("pause", "redis", 2.0, "s", 2).holds
    assert not Figure("pause", "redis", 2.1, "s", 2).holds


def test_a_figure_that_must_reach_its_bound_holds_from_there() -> None:
    assert Figure("goodput", "uploads", 90, "%", 90, at_least=True).holds
    assert not Figure("goodput", "uploads", 89.9, "%", 90, at_least=True).holds


def test_each_figure_has_a_row_which_says_whether_it_missed() -> None:
    figures = [Figure("pause", "redis", 3.5, "s", 2), Figure("lost", "mails", 0, "", 0)]

    assert table(figures, "of whom") == [
        "| what | of whom | measured | must be |",
        "|---|---|---|---|",
        "| pause | redis | **3.5 s** | ≤ 2 s **missed** |",
        "| lost | mails | **0** | ≤ 0 |",
    ]
