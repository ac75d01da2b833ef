"""Accounts that must not go while something begins for them."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from .. import people
from ..errors import NoSuchPerson


def hold(*persons: AbstractBaseUser) -> None:
    """They are active, and stay so until the transaction ends. Raises NoSuchPerson.

    What was read of them before may be old: an account that is erased is shut out first.
    """
    wanted = {person.pk for person in persons}
    active = get_user_model()._default_manager.filter(people.active(), pk__in=wanted)
    # Not the stronger lock, for which whoever stores their messages would have to wait.
    held = active.select_for_update(no_key=True).order_by("pk").values_list("pk")
    if len(held) < len(wanted):
        raise NoSuchPerson
