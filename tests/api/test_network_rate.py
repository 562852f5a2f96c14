"""How often one client may ask."""

from accessctl.api.rate import Rate


class Hands:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_a_minutes_worth_may_come_at_once() -> None:
    """Then one comes back after the other."""
    clock = Hands()
    rate = Rate(clock)
    assert [rate.take("a", 6) for _ in range(6)] == [0] * 6
    assert rate.take("a", 6) == 10
    clock.at += 4
    assert rate.take("a", 6) == 6
    clock.at += 6
    assert [rate.take("a", 6), rate.take("a", 6)] == [0, 10]


def test_who_waits_as_long_as_told_gets_through() -> None:
    """However odd the number."""
    clock = Hands()
    rate = Rate(clock)
    for _ in range(500):
        wait = rate.take("a", 7)
        clock.at += wait
        assert not wait or rate.take("a", 7) == 0


def test_a_refused_request_costs_nothing() -> None:
    """Whoever keeps trying does not shut himself out for longer."""
    clock = Hands()
    rate = Rate(clock)
    assert [rate.take("a", 1), *(rate.take("a", 1) for _ in range(99))] == [0] + [60] * 99


def test_clients_do_not_cost_each_other_anything() -> None:
    """Each has a stock of its own."""
    rate = Rate(Hands())
    assert [rate.take("a", 1), rate.take("b", 1), rate.take(b"a", 1)] == [0, 0, 0]


def test_only_so_many_are_remembered() -> None:
    """Who has not asked for the longest time is forgotten first."""
    rate = Rate(Hands(), most_clients=3)
    for client in ("a", "b", "c", "a", "d"):
        rate.take(client, 2)
    assert len(rate) == 3
    assert rate.take("a", 2) > 0
    assert rate.take("b", 2) == 0


def test_a_rule_that_changes_counts_at_once() -> None:
    """The same stock, filled up at another rate."""
    clock = Hands()
    rate = Rate(clock)
    assert [rate.take("a", 2) for _ in range(3)] == [0, 0, 30]
    assert rate.take("a", 600) == 1
