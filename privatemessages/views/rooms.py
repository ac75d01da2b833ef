"""Rooms: the directory, the way to one by its name, and its door."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .. import history, names, pagedata
from ..errors import BadName, Malformed, MessengerError, NameTooLong, NotFound
from ..forms import MessageForm, RoomForm, WhichRoomForm, problem
from .doors import door_page, missing_page, take_up
from .messenger import thread_page
from .notes import take_notes
from .requests import person_of


@require_safe
@never_cache
@login_required
def rooms(request: HttpRequest) -> HttpResponse:
    """The directory; with `?name=`, on to the room of that name."""
    form = WhichRoomForm(request.GET if "name" in request.GET else None)
    try:
        if form.is_valid():
            return _to_room(request, form.cleaned_data["name"])
    except (BadName, NameTooLong) as error:
        form.add_error("name", problem(error))
    return _directory(request, form)


# An answer means committed, whatever the project's ATOMIC_REQUESTS says.
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """The room for those who are in it, its door for others, and the offer to make it."""
    try:
        if slug != names.slug_of(slug):
            return _to_room(request, slug)
        if request.method == "POST":
            return take_up(request, slug)
        return _room_page(request, slug)
    except MessengerError as error:
        raise Http404(error.detail) from None


def _room_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Raises NotFound, where somebody was removed in this moment, and Malformed."""
    try:
        door = history.room(person_of(request), slug)
    except NotFound:
        return missing_page(request, slug, RoomForm(initial={"name": _wanted(request, slug)}))
    if door.is_member:
        opening = history.opening(person_of(request), door.id)
        return thread_page(request, opening, MessageForm())
    return door_page(request, door)


def _to_room(request: HttpRequest, name: str) -> HttpResponse:
    """Raises BadName and NameTooLong."""
    slug = names.slug_of(name)
    address = reverse("privatemessages:room", args=[slug])
    try:
        history.room(person_of(request), slug)
    except NotFound:
        # So that the offer to make it has the name as it was written.
        return redirect(f"{address}?{urlencode({'name': name})}")
    return redirect(address)


def _wanted(request: HttpRequest, slug: str) -> str:
    """The name for which somebody came here."""
    return request.GET.get("name") or slug.replace("-", " ")


def _directory(request: HttpRequest, form: WhichRoomForm) -> HttpResponse:
    query = request.GET.get("q", "")
    try:
        page = history.rooms(person_of(request), query=query, before=request.GET.get("before"))
    except Malformed as error:
        raise Http404(error.detail) from None
    context = {
        "rooms": page.rooms,
        "next": urlencode({"q": query, "before": page.next}) if page.next else None,
        "query": query,
        "form": form,
        "notes": take_notes(request),
        "page": pagedata.for_page(request),
    }
    status = 400 if form.errors else 200
    return render(request, "privatemessages/rooms.html", context, status=status)
