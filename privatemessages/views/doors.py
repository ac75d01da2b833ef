"""A room from outside: coming in, asking to be let in, and making it where there is none."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from .. import actions, history, names, pagedata
from ..errors import BadName, Banned, MessengerError, NameTaken, NameTooLong, Private
from ..forms import RoomForm, problem
from ..history import RoomDoor
from .notes import leave_note, take_notes
from .requests import person_of

REFUSED = 400
NOT_FOUND = 404


def door_page(
    request: HttpRequest, door: RoomDoor, error: MessengerError | None = None
) -> HttpResponse:
    context = {
        "door": door,
        "problem": _(error.detail) if error else "",
        "notes": take_notes(request),
        "page": pagedata.for_page(request),
    }
    status = error.status if error else 200
    return render(request, "privatemessages/door.html", context, status=status)


def missing_page(request: HttpRequest, slug: str, form: RoomForm) -> HttpResponse:
    context = {
        "slug": slug,
        "form": form,
        "notes": take_notes(request),
        "page": pagedata.for_page(request),
    }
    status = REFUSED if form.is_bound else NOT_FOUND
    return render(request, "privatemessages/no_room.html", context, status=status)


def take_up(request: HttpRequest, slug: str) -> HttpResponse:
    """What the page offered: to make the room, to come in, or to ask. Raises NotFound."""
    act = request.POST.get("act")
    if act == "make":
        return _make(request, slug)
    if act == "enter":
        return _enter(request, slug)
    if act == "ask":
        return _ask(request, slug)
    raise BadRequest


def _make(request: HttpRequest, slug: str) -> HttpResponse:
    form = RoomForm(request.POST)
    if not form.is_valid():
        return missing_page(request, slug, form)
    name, topic = form.cleaned_data["name"], form.cleaned_data["topic"]
    try:
        room = actions.make_room(person_of(request), name, topic=topic, is_public=form.is_public)
    except NameTaken:
        leave_note(request, _("Somebody made this room just before you. Here it is."))
        return redirect("privatemessages:room", names.slug_of(name))
    except (BadName, NameTooLong) as error:
        form.add_error("name", problem(error))
        return missing_page(request, slug, form)
    return redirect("privatemessages:room", room.slug)


def _enter(request: HttpRequest, slug: str) -> HttpResponse:
    person = person_of(request)
    try:
        actions.enter_room(person, history.room(person, slug).id)
    except (Banned, Private) as error:
        return door_page(request, history.room(person, slug), error)
    return redirect("privatemessages:room", slug)


def _ask(request: HttpRequest, slug: str) -> HttpResponse:
    person = person_of(request)
    try:
        actions.request_entry(person, history.room(person, slug).id)
    except Banned as error:
        return door_page(request, history.room(person, slug), error)
    return redirect("privatemessages:room", slug)
