"""Wrong guesses are slowed; right ones never are."""

from django.core.cache import cache

from common.guesses import Guesses

THREE = Guesses("test", most=3, seconds=60)


def test_so_many_are_looked_at_and_no_more(db: None) -> None:
    assert [THREE.counted("a") for _ in range(5)] == [True, True, True, False, False]
    assert THREE.counted("b")


def test_a_right_one_is_taken_back(db: None) -> None:
    for _ in range(20):
        assert THREE.counted("a")
        THREE.was_right("a")
    assert [THREE.counted("a") for _ in range(4)] == [True, True, True, False]


def test_nothing_breaks_when_the_count_has_run_out(db: None) -> None:
    THREE.was_right("nobody")
    assert THREE.counted("a")
    cache.clear()
    THREE.was_right("a")
    assert [THREE.counted("a") for _ in range(4)] == [True, True, True, False]
