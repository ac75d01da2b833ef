"""A person to probe with, whatever the project's user model asks for."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.utils import timezone

from ..errors import Conflict
from ..people import PROBE_DOMAIN

if TYPE_CHECKING:  # at run time it is not generic
    Field = models.Field[Any, Any]


def _address(token: str) -> str:
    return f"probe-{token}@{PROBE_DOMAIN}"


# How a field that has to be filled is filled, by the first kind that fits; from a token that
# nobody else has. What is shown or searched holds an "@", with which nobody is found.
FILLINGS: list[tuple[type[Field], Callable[[str], Any]]] = [
    (models.EmailField, _address),
    (models.URLField, lambda token: f"https://{PROBE_DOMAIN}/{token}"),
    (models.SlugField, lambda token: token),
    (models.CharField, lambda token: f"@{token}"),
    (models.TextField, lambda token: f"@{token}"),
    (models.BooleanField, lambda _: False),
    (models.IntegerField, lambda _: secrets.randbelow(2**15)),
    (models.FloatField, lambda _: 0.0),
    (models.DecimalField, lambda _: 0),
    (models.DateTimeField, lambda _: timezone.now()),
    (models.DateField, lambda _: timezone.now().date()),
    (models.UUIDField, lambda _: uuid.uuid4()),
    (models.JSONField, lambda _: {}),
]


def make_person(token: str) -> AbstractBaseUser:
    """Somebody who can sign in nowhere, with a name that says what they are.

    Raises Conflict where the user model asks for what cannot be made up.
    """
    person: AbstractBaseUser = get_user_model()(**dict(_values(token)))
    person.set_unusable_password()
    try:
        person.clean_fields(exclude=["password"])
        person.save()
    except ValidationError as error:
        raise _impossible(", ".join(error.message_dict)) from error
    except DatabaseError as error:
        raise _impossible(str(error).partition("\n")[0]) from error
    return person


def _values(token: str) -> Iterator[tuple[str, Any]]:
    user_model = get_user_model()
    for field in user_model._meta.concrete_fields:
        if field.name == user_model.USERNAME_FIELD:
            yield field.name, _address(token)
        elif field.name == "is_active":
            yield field.name, True
        elif field.name != "password" and _has_to_be_filled(field):
            yield field.name, _filling(field, token)


def _has_to_be_filled(field: Field) -> bool:
    if field.has_default() or field.null or isinstance(field, models.AutoField):
        return False
    return not field.blank or field.unique


def _filling(field: Field, token: str) -> Any:
    if field.flatchoices:
        return field.flatchoices[0][0]
    for kind, fill in FILLINGS:
        if isinstance(field, kind):
            value = fill(token)
            return value[: field.max_length] if isinstance(value, str) else value
    raise _impossible(field.name)


def _impossible(why: str) -> Conflict:
    return Conflict(f"The user model asks for more than can be made up: {why}.")
