import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages.errors import RateLimited
from privatemessages.tornadoapp.limits import Absent, TokenBucket

rates = st.floats(0.1, 1000)
bursts = st.integers(1, 50)
pauses = st.lists(st.floats(0, 3), min_size=1, max_size=200)


def test_a_burst_passes_at_once_and_no_more():
    bucket = TokenBucket(rate=10, burst=3)
    assert [bucket.take(100.0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(100.0) == 1.0


def test_it_fills_at_its_rate_and_never_above_its_burst():
    bucket = TokenBucket(rate=2, burst=4)
    assert [bucket.take(0.0) for _ in range(4)] == [0] * 4
    assert bucket.take(0.5) == 0
    assert [bucket.take(1_000_000.0) for _ in range(4)] == [0] * 4
    assert bucket.take(1_000_000.0) > 0


def test_it_stays_shut_until_the_wait_is_over_although_tokens_came():
    bucket = TokenBucket(rate=10, burst=1)
    assert bucket.take(0.0) == 0
    assert bucket.take(0.05) == 1.0
    # Without the lock a token would be there at 0.1.
    assert bucket.take(0.9) == pytest.approx(0.15)
    assert bucket.take(1.05) == 0


def test_a_slow_bucket_tells_the_whole_wait():
    bucket = TokenBucket(rate=0.1, burst=1)
    bucket.take(0.0)
    assert bucket.take(0.0) == pytest.approx(10)


@given(rates, bursts, pauses)
def test_whoever_waits_as_told_is_let_through(rate, burst, gaps):
    bucket, now, refusals = TokenBucket(rate, burst), 0.0, 0
    for gap in gaps:
        now += gap
        if wait := bucket.take(now):
            refusals += 1
            assert bucket.take(now + wait / 2) > 0
            now += wait + 1e-6
            assert bucket.take(now) == 0
    assert refusals <= len(gaps)


@given(rates, bursts, pauses)
def test_no_stretch_of_time_lets_more_through_than_burst_and_rate(rate, burst, gaps):
    bucket, now, passed = TokenBucket(rate, burst), 0.0, 0
    for gap in gaps:
        now += gap
        passed += bucket.take(now) == 0
    assert passed <= burst + rate * now + 1e-6
    assert passed >= 1


@given(st.floats(0.0001, 5))
def test_the_wait_that_is_told_in_milliseconds_is_never_too_short(elapsed):
    bucket = TokenBucket(rate=0.2, burst=1)
    bucket.spend(0.0)
    with pytest.raises(RateLimited):
        bucket.spend(0.0)
    with pytest.raises(RateLimited) as caught:
        bucket.spend(elapsed - 0.00005)
    assert caught.value.retry_after
    bucket.spend(elapsed + caught.value.retry_after / 1000)


class TestAbsent:
    def test_who_comes_again_has_the_limits_of_before(self):
        absent = Absent(10, 3)
        limits = absent.arrive("7")
        assert [limits.sends.take(0.0) for _ in range(4)] == [0, 0, 0, 1.0]
        absent.leave("7", limits)
        absent.forget_full(0.9)
        assert absent.arrive("8") is not limits
        assert absent.arrive("7") is limits

    @pytest.mark.parametrize("bucket", ["sends", "typing", "lookups", "commands"])
    def test_they_are_forgotten_when_they_are_as_good_as_new(self, bucket):
        absent = Absent(10, 3)
        limits = absent.arrive("7")
        assert limits.are_full(0.0)
        getattr(limits, bucket).take(0.0)
        absent.leave("7", limits)
        absent.forget_full(0.01)
        assert absent._kept
        absent.forget_full(2.0)
        assert not absent._kept

    def test_a_bucket_that_is_shut_is_not_forgotten(self):
        limits = Absent(1000, 1).arrive("7")
        assert [limits.sends.take(0.0) for _ in range(2)] == [0, 1.0]
        assert not limits.are_full(0.9)
        assert limits.are_full(1.1)
