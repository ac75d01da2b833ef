"""Every error of any kind as `{"code", "detail"}`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from ..answers import error_response, failure_response
from ..errors import BadText, Malformed, MessengerError, NotFound, TooLong, WrongMethod

METHOD_NOT_ALLOWED = WrongMethod.status

View = Callable[..., HttpResponse]


def handle(api: NinjaAPI) -> None:
    api.add_exception_handler(MessengerError, _expected)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    api.add_exception_handler(UnreadablePostError, _unreadable)
    api.add_exception_handler(Http404, unknown)
    api.add_exception_handler(Exception, _unexpected)


def answered(view: View) -> View:
    """For what is answered before an operation is found."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return unknown(request)
        return (
            error_response(WrongMethod())
            if response.status_code == METHOD_NOT_ALLOWED
            else response
        )

    return transaction.non_atomic_requests(wrapped)


def unknown(request: HttpRequest, _: Any = None) -> HttpResponse:
    return error_response(NotFound("There is nothing at this address."))


def _expected(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(error)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    problem = error.errors[0]
    if problem["type"] == "string_unicode":
        return error_response(BadText())
    return error_response(Malformed(f"The field {problem['loc'][-1]} is missing or wrong."))


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    """ninja says so of a body that is not JSON, Django of one that breaks off."""
    return error_response(Malformed("The body is not JSON."))


def _too_large(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(TooLong("The request is too large."))


def _unexpected(request: HttpRequest, error: Any) -> HttpResponse:
    return failure_response(request, error)
