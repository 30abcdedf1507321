from seawall.local.backoff import Backoff


def test_first_restart_comes_within_a_second_then_the_wait_doubles_to_half_a_minute() -> None:
    backoff = Backoff()
    assert [backoff.after(0.0) for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_a_minute_of_health_forgives() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.after(59.9)
    assert backoff.after(59.9) == 16
    assert backoff.after(60.0) == 0.5
    assert backoff.after(0.0) == 1
