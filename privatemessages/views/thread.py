"""One thread: its history, and the form that writes in it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import history
from ..errors import Malformed, NotFound
from ..forms import MessageForm
from .messenger import thread_page
from .requests import person_of
from .writing import to_newest, write


@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def thread(request: HttpRequest, thread_id: int, seq: int | None = None) -> HttpResponse:
    """A thread from its first unread message on, or around one; its form posts here."""
    form = MessageForm(request.POST or None)
    try:
        if form.is_valid() and write(request, thread_id, form):
            return to_newest(person_of(request), thread_id)
        opening = history.opening(person_of(request), thread_id, at=seq)
        return thread_page(request, opening, form)
    except (NotFound, Malformed) as error:
        raise Http404(error.detail) from None
