from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from privatemessages.models import Message, Record
from tests.actions.test_pruning import age
from tests.messenger import write

pytestmark = pytest.mark.django_db


def prune(*words):
    output = StringIO()
    call_command("prune", *words, stdout=output)
    return output.getvalue().splitlines()


@pytest.fixture
def old(thread, group, alice):
    write(alice, thread, "a", "b", "c")
    age(thread, up_to=2)
    write(alice, group, "a")
    age(group, up_to=100)
    return thread


def test_without_a_number_of_days_nothing_is_deleted(old):
    before = Message.objects.count()
    assert prune() == ["Nothing was deleted: no number of days was given (see --help)."]
    assert Message.objects.count() == before


def test_a_dry_run_says_how_much_would_go(old):
    before = Message.objects.count()
    said = prune("--direct-days=30", "--room-days=30", "--dry-run")
    assert said == [
        "direct: 2 messages of 1 conversations would be deleted",
        "room: 0 messages of 0 conversations would be deleted",
    ]
    assert Message.objects.count() == before


def test_each_kind_goes_by_its_own_number_of_days(old, group):
    assert prune("--direct-days=30", "--group-days=90", "--batch=1") == [
        "direct: 2 messages of 1 conversations deleted",
        "group: 0 messages of 0 conversations deleted",
    ]
    assert Message.objects.filter(thread=old).count() == 1
    assert prune("--direct-days=30")[0].startswith("direct: 0 messages")


def test_the_record_of_administration_is_kept_unless_days_are_given(old):
    prune("--group-days=30")
    assert Record.objects.exists()
    count = Record.objects.count()
    Record.objects.update(made_at="2000-01-01T00:00Z")

    for word, did in [("--dry-run", "would be deleted"), ("--batch=9", "deleted")]:
        said = f"record of administration: {count} entries {did}"
        assert prune("--record-days=30", word) == [said]
    assert not Record.objects.exists()


@pytest.mark.parametrize("word", ["--direct-days=0", "--room-days=-1", "--batch=0", "--batch=x"])
def test_a_number_that_is_none_is_refused(word):
    with pytest.raises(CommandError, match="is not a number of"):
        prune(word)
