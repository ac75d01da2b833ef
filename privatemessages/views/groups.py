"""A new group: a title and people."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import actions, history, pagedata
from ..errors import BadName, Full, MessengerError, NameTooLong, NoSuchPerson
from ..forms import GroupForm, problem
from ..models import Thread
from .requests import person_of
from .writing import to_newest

FIELDS: dict[type[MessengerError], str] = {
    BadName: "title",
    NameTooLong: "title",
    Full: "people",
    NoSuchPerson: "people",
}


@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def new_group(request: HttpRequest) -> HttpResponse:
    form = GroupForm(request.POST or None)
    if form.is_valid() and (thread := _make(person_of(request), form)):
        return to_newest(person_of(request), thread.pk)
    context = {"form": form, "page": pagedata.for_page(request)}
    status = 400 if form.errors else 200
    return render(request, "privatemessages/new_group.html", context, status=status)


def _make(person: AbstractBaseUser, form: GroupForm) -> Thread | None:
    """None when the form says now why not."""
    people = _people(form)
    if form.errors:
        return None
    title, shows_past = form.cleaned_data["title"], form.cleaned_data["shows_past"]
    try:
        return actions.make_group(person, title, people, shows_past=shows_past)
    except tuple(FIELDS) as error:
        form.add_error(FIELDS[type(error)], problem(error))
        return None


def _people(form: GroupForm) -> list[AbstractBaseUser]:
    """The form names all that nobody has."""
    names = form.cleaned_data["people"]
    people = history.people_named(names)
    if unknown := [name for name in names if name not in people]:
        form.refuse_names(unknown)
    return list(people.values())
