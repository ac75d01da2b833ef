"""Session and CSRF token, as on the pages."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from ninja.security import APIKeyCookie
from ninja.utils import check_csrf

from ..errors import Forbidden, NotSignedIn


class SignedIn(APIKeyCookie):
    """Who is not signed in hears that first, whatever their CSRF token is."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> AbstractBaseUser:
        person = self.authenticate(request, None)
        if check_csrf(request) is not None:
            raise Forbidden("The CSRF token is wrong or missing.")
        return person

    def authenticate(self, request: HttpRequest, key: str | None) -> AbstractBaseUser:
        if not request.user.is_authenticated:
            raise NotSignedIn
        return person_of(request)


def person_of(request: HttpRequest) -> AbstractBaseUser:
    """Whom SignedIn has let in."""
    return cast(AbstractBaseUser, request.user)
