"""What happens to sessions and people elsewhere in the project is told to the workers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from . import actions, counters

RIGHTS = frozenset({"password", "is_active"})  # the fields on which open sockets depend


@receiver(user_logged_out)
def end_session(request: HttpRequest, user: AbstractBaseUser | None, **_: Any) -> None:
    """Django sends this before it deletes the session, and the workers must not find it alive."""
    session_key = request.session.session_key
    if user is None or session_key is None:
        return
    request.session.delete()
    actions.end_session(user.pk, session_key)


@receiver(user_login_failed)
def count_refused_sign_in(**_: Any) -> None:
    counters.sign_ins_refused.inc()


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def recheck_changed_person(
    instance: AbstractBaseUser,
    created: bool,
    update_fields: Collection[str] | None,
    **_: Any,
) -> None:
    """Not for signing in, which saves `last_login` alone."""
    if not created and (update_fields is None or RIGHTS.intersection(update_fields)):
        actions.recheck_sessions(instance.pk)
        if not instance.is_active:
            actions.recheck_partners(instance.pk)


@receiver(pre_delete, sender=settings.AUTH_USER_MODEL)
def leave_with_deleted_person(instance: AbstractBaseUser, **_: Any) -> None:
    """Before, because afterwards nobody knows to whom and where they belonged."""
    actions.leave_everything(instance)


@receiver(post_delete, sender=settings.AUTH_USER_MODEL)
def recheck_deleted_person(instance: AbstractBaseUser, **_: Any) -> None:
    actions.recheck_sessions(instance.pk)
