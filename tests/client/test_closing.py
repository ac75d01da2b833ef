import pytest

from tests.client.chance import chance
from tests.client.closing import pause_after


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, 1012, 4003, 4499])
def test_most_codes_come_back_with_full_jitter(code):
    for attempt, most in enumerate((0.5, 1, 2, 4, 8, 16, 30, 30)):
        pauses = [pause_after(code, attempt, chance(seed)) for seed in range(50)]
        assert 0 <= min(pauses) < most / 5
        assert most / 2 < max(pauses) <= most


def test_a_flood_waits_half_a_minute_more():
    assert pause_after(4005, 0, chance(1)) >= 30


def test_who_is_not_signed_in_tries_once_more():
    assert pause_after(4501, 0, chance(1)) >= 1


@pytest.mark.parametrize("code", [4500, 4503, 4504, 4999])
def test_the_others_of_the_upper_range_do_not_come_back(code):
    assert pause_after(code, 0, chance(1)) is None
