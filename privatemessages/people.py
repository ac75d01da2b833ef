"""How people are called and found, whatever the project's user model looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from . import conf
from .errors import NoSuchPerson
from .roles import ADMINISTER

SHORT_ID_LENGTH = 8  # characters
PROBE_DOMAIN = "doctor.invalid"  # no such domain can exist (RFC 2606, section 2)

Naming = Callable[[AbstractBaseUser], str]


def name_of(person: AbstractBaseUser) -> str:
    """The name that others see. By default never an e-mail address."""
    path = conf.load().PERSON_NAME
    naming = cast(Naming, import_string(path)) if path else default_name
    return naming(person)


def default_name(person: AbstractBaseUser) -> str:
    """The user name, unless that is the e-mail address; then the full name, then a short id."""
    username = person.get_username()
    if person.get_email_field_name() != get_user_model().USERNAME_FIELD and "@" not in username:
        return username
    return _full_name(person) or _("Person %(id)s") % {"id": str(person.pk)[:SHORT_ID_LENGTH]}


def _full_name(person: AbstractBaseUser) -> str:
    get_full_name = getattr(person, "get_full_name", None)
    name = str(get_full_name()) if callable(get_full_name) else ""
    return "" if "@" in name else name.strip()


def active(path: str = "") -> Q:
    """Who may sign in, as a condition; `path` leads to the person, such as "user".

    A user model may do without the column: then everybody is active, as Django has it.
    """
    try:
        get_user_model()._meta.get_field("is_active")
    except FieldDoesNotExist:
        return Q()
    return Q(**{f"{path}__is_active" if path else "is_active": True})


def probing() -> Q:
    """Those with whom the doctor probes, as a condition."""
    return Q(**{f"{get_user_model().USERNAME_FIELD}__endswith": f"@{PROBE_DOMAIN}"})


def administers(person: AbstractBaseUser) -> bool:
    """Whether this is one of the operator's staff who may administer every group and room."""
    has_perm = getattr(person, "has_perm", None)
    return getattr(person, "is_staff", False) and callable(has_perm) and has_perm(ADMINISTER)


def primary_key(text: str) -> Any:
    """The primary key behind a person's id on the wire, which is `str(pk)` and nothing else.

    Raises NoSuchPerson for what cannot be a primary key of the user model.
    """
    field = get_user_model()._meta.pk
    try:
        value = field.to_python(text)
        field.run_validators(value)
    except ValidationError:
        raise NoSuchPerson from None
    if str(value) != text or "\x00" in text:
        raise NoSuchPerson
    return value


def primary_keys(texts: Iterable[str]) -> list[Any]:
    """Those behind the ids on the wire; what is none is left out."""
    found = []
    for text in texts:
        with suppress(NoSuchPerson):
            found.append(primary_key(text))
    return found
