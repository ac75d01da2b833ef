import pytest
from django.contrib.auth.models import User
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from privatemessages import people
from privatemessages.errors import NoSuchPerson


@pytest.fixture
def without_column(monkeypatch):
    """As a user model has it that leaves `is_active` to AbstractBaseUser."""
    fields = User._meta.get_field

    def get_field(name):
        return fields("no_such_field" if name == "is_active" else name)

    monkeypatch.setattr(User._meta, "get_field", get_field)


def shout(person):
    return person.get_username().upper()


def test_people_are_called_by_their_user_name():
    assert people.name_of(User(username="alice", first_name="Alice")) == "alice"


def test_a_project_may_call_them_otherwise(settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"PERSON_NAME": f"{__name__}.shout"}

    assert people.name_of(User(username="alice")) == "ALICE"


@pytest.mark.parametrize(
    ("first_name", "expected"),
    [("Alice", "Alice"), ("", "Person 12345678"), ("alice@example.com", "Person 12345678")],
)
def test_an_address_is_never_a_name(first_name, expected):
    person = User(pk=1234567890, username="alice@example.com", first_name=first_name)

    assert people.name_of(person) == expected


def test_an_address_that_is_the_user_name_by_the_model_is_no_name_either(monkeypatch):
    monkeypatch.setattr(User, "USERNAME_FIELD", "email")
    person = User(pk=7, username="x", email="alice@example.com", last_name="Liddell")

    assert people.name_of(person) == "Liddell"


def test_who_is_active_is_asked_of_the_column_where_there_is_one():
    assert people.active() == Q(is_active=True)
    assert people.active("user") == Q(user__is_active=True)


def test_everybody_is_active_where_there_is_none(without_column):
    assert people.active("user") == Q()


@given(st.integers(1, 2**31 - 1))
def test_a_primary_key_is_its_own_text(number):
    assert people.primary_key(str(number)) == number


@given(st.text(st.characters(exclude_categories=())) | st.integers().map(str))
def test_no_two_texts_are_one_person(text):
    try:
        key = people.primary_key(text)
    except NoSuchPerson:
        return
    assert str(key) == text


@pytest.mark.parametrize(
    "text", ["", "07", "+7", "7.0", " 7", "7\n", "٧", "None", "9" * 20, "\x00"]
)
def test_what_cannot_be_a_primary_key_is_nobody(text):
    with pytest.raises(NoSuchPerson):
        people.primary_key(text)
