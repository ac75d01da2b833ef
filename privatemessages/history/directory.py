"""To whom a person may write, without ever searching or showing an e-mail address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Upper

from .. import protocol
from ..errors import Malformed, MessengerError, NoSuchPerson
from ..people import active, name_of, primary_key, probing
from .shapes import sender_shape

QUERY_LENGTH = range(2, 151)  # letters; nobody is to list everybody, letter by letter
MEMBER_QUERY_LENGTH = range(1, 151)  # letters; a member may list the members anyway
FOUND_LIMIT = 20  # people
NAME_FIELDS = ("first_name", "last_name", "full_name", "name")  # where there is no user name


def people(person: AbstractBaseUser, query: str) -> list[protocol.Sender]:
    """Active people whose name begins so, without the asking one; raises Malformed."""
    condition = _name_begins(_checked(query, QUERY_LENGTH))
    found = _active_people().filter(condition).exclude(pk=person.pk).order_by("pk")
    return [sender_shape(other) for other in found[:FOUND_LIMIT]]


def person_named(name: str) -> AbstractBaseUser:
    """The active person of this user name, compared as at signing in.

    In other letter case too, where only one active person can be meant. Where the user name is the
    e-mail address, that is what one has to know and type: a shown name need not be unique, and must
    not be guessed at. Raises NoSuchPerson for nobody and for somebody inactive alike.
    """
    person = anybody_named(name)
    if person is None or not person.is_active:
        raise NoSuchPerson
    return person


def anybody_named(name: str) -> AbstractBaseUser | None:
    """As `person_named`, but of two spellings the exact one may be of somebody inactive."""
    return (_named_exactly(name) or _named_loosely(name)) if storable(name) else None


def people_named(names: Collection[str]) -> dict[str, AbstractBaseUser]:
    """Those whom `person_named` finds by these names, in their order.

    Two queries, however many there are: each would look at all people for a name that nobody has.
    """
    wanted = {name for name in names if storable(name)}
    column = get_user_model().USERNAME_FIELD
    users = get_user_model()._default_manager.filter(**{f"{column}__in": wanted})
    found: dict[str, AbstractBaseUser] = {user.get_username(): user for user in users}
    found |= _all_named_loosely(wanted - found.keys())
    return {name: found[name] for name in names if name in found and found[name].is_active}


def _all_named_loosely(names: Collection[str]) -> dict[str, AbstractBaseUser]:
    """Without those by which two could be meant. One look at all people, and not one for each."""
    folded = _active_people().alias(folded=Upper(get_user_model().USERNAME_FIELD))
    meant = defaultdict(list)
    for person in folded.filter(folded__in=[Upper(Value(name)) for name in names]):
        meant[person.get_username().casefold()].append(person)
    found = {name: meant[name.casefold()] for name in names}
    return {name: candidates[0] for name, candidates in found.items() if len(candidates) == 1}


def called(query: str) -> QuerySet[AbstractBaseUser]:
    """Everybody whose name begins so, to find a member among them; raises Malformed."""
    condition = _name_begins(_checked(query, MEMBER_QUERY_LENGTH))
    return get_user_model()._default_manager.filter(condition)


def is_called(person: AbstractBaseUser, query: str) -> bool:
    """Whether a word of the name that others see, or the user name, begins so."""
    user_name = person.get_username()
    is_address = (
        person.get_email_field_name() == get_user_model().USERNAME_FIELD or "@" in user_name
    )
    names = [name_of(person)] if is_address else [name_of(person), user_name]
    begins = re.compile(rf"(?:^|\s){re.escape(query)}", re.IGNORECASE)
    return any(begins.search(name) for name in names)


def _named_exactly(name: str) -> AbstractBaseUser | None:
    user_model = get_user_model()
    manager = cast("BaseUserManager[Any]", user_model._default_manager)
    try:
        person: AbstractBaseUser = manager.get_by_natural_key(name)
    except user_model.DoesNotExist:
        return None
    return person


def _named_loosely(name: str) -> AbstractBaseUser | None:
    """None where two could be meant."""
    column = get_user_model().USERNAME_FIELD
    found = _active_people().filter(**{f"{column}__iexact": name})[:2]
    return found[0] if len(found) == 1 else None


def person_with_id(user_id: str) -> AbstractBaseUser:
    """The active person with this id on the wire; raises NoSuchPerson."""
    person = _active_people().filter(pk=primary_key(user_id)).first()
    if person is None:
        raise NoSuchPerson
    return person


def anybody_with_id(user_id: str) -> AbstractBaseUser:
    """Somebody inactive too, who may have to be removed; raises NoSuchPerson."""
    person = get_user_model()._default_manager.filter(pk=primary_key(user_id)).first()
    if person is None:
        raise NoSuchPerson
    return person


def everybody(names: Collection[str], user_ids: Collection[str]) -> list[AbstractBaseUser]:
    """All of these active people; raises NoSuchPerson where one of them is nobody."""
    keys = [primary_key(user_id) for user_id in user_ids]
    found, named = list(_active_people().filter(pk__in=keys)), people_named(names)
    if len(found) < len(set(keys)) or len(named) < len(set(names)):
        raise NoSuchPerson
    return [*found, *named.values()]


def _active_people() -> QuerySet[AbstractBaseUser]:
    return get_user_model()._default_manager.filter(active()).exclude(probing())


def _checked(query: str, length: range) -> str:
    query = query.strip()
    if len(query) not in length or not storable(query):
        raise Malformed("A name is searched by its first letters, at least two.")
    return query


def storable(text: str) -> bool:
    """Neither what PostgreSQL refuses nor what UTF-8 cannot carry, and not empty."""
    try:
        protocol.clean_text(text)
    except MessengerError:
        return False
    return True


def _name_begins(query: str) -> Q:
    user_model = get_user_model()
    username = user_model.USERNAME_FIELD
    if username != user_model.get_email_field_name():
        return _begins(username, query)
    columns = {field.name for field in user_model._meta.concrete_fields}
    names = [_begins(name, query) for name in NAME_FIELDS if name in columns]
    return reduce(or_, names, Q(pk__in=()))


def _begins(column: str, query: str) -> Q:
    """Some people wrote their address there, though the model does not demand it."""
    # SQLite knows the capitals of ASCII alone.
    capitalised = query[:1].upper() + query[1:]
    begins = Q(**{f"{column}__istartswith": query}) | Q(**{f"{column}__startswith": capitalised})
    return begins & ~Q(**{f"{column}__contains": "@"})
