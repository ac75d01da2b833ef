"""What is said of a step, whatever ends it."""

import pytest
from django.db import OperationalError
from django.db.models import ProtectedError

from privatemessages.doctor import Broken, Report
from privatemessages.errors import Unavailable


@pytest.fixture
def report():
    told = []
    report = Report(told.append)
    assert report.steps == told
    return report


def test_what_goes_well_takes_its_time(report):
    with report.step("one", "here") as step:
        step.warnings.append("careful")
    with report.step("two") as step:
        step.took = 1.5

    first, second = report.steps
    assert (first.name, first.about, first.warnings) == ("one", "here", ["careful"])
    assert 0 <= first.milliseconds < 1000
    assert second.milliseconds == 1500
    assert report.is_well


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Broken("It is broken."), "It is broken."),
        (OperationalError("refused\nDETAIL: more"), "The database does not answer: refused. "),
        (ProtectedError("An order refers to them.", set()), "cannot be removed: An order refers"),
        (Unavailable(reason="Redis: TimeoutError"), "Redis does not answer (Redis: TimeoutError)"),
        (Unavailable(reason="Redis: BusyLoadingError"), "Redis still loads its files."),
        (Unavailable(reason="Redis: AuthenticationError"), "Redis refuses the password"),
        (Unavailable(reason="Redis: ResponseError"), "perhaps because its disk is full"),
    ],
)
def test_what_may_be_expected_is_told_in_a_sentence(report, error, said):
    with pytest.raises(Broken), report.step("one"):
        raise error

    [step] = report.steps
    assert said in step.problem
    assert not report.is_well


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyboardInterrupt(), "Interrupted."),
        (RuntimeError("with something private"), "Nobody has expected this: RuntimeError."),
    ],
)
def test_the_rest_is_noted_and_goes_on(report, error, said):
    with pytest.raises(type(error)), report.step("one"):
        raise error

    assert [step.problem for step in report.steps] == [said]
