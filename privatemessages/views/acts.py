"""Everything that one may do to a group or room, and to those who are in it: one address."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from .. import history
from ..errors import MessengerError, NoSuchPerson, NotFound
from ..forms import problem
from .deeds import DEEDS
from .members import Refused, members_page
from .notes import leave_note
from .requests import person_of

REFUSED = 400


# An answer means committed, whatever the project's ATOMIC_REQUESTS says.
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def acts(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Does what the field `act` says. What is refused is shown on the members' page."""
    if request.method != "POST":  # signing in leads back here, and so does the address of a refusal
        return redirect("privatemessages:members", thread_id)
    name = request.POST.get("act", "")
    if name not in DEEDS:
        raise BadRequest
    try:
        refused = _carry_out(request, thread_id, name)
        if refused:
            return members_page(request, thread_id, refused)
        return _on(request, thread_id, DEEDS[name].then)
    except NotFound as error:
        raise Http404(error.detail) from None


def _carry_out(request: HttpRequest, thread_id: int, name: str) -> Refused | None:
    """Raises NotFound where the thread is not theirs."""
    deed = DEEDS[name]
    form = deed.form(request.POST)
    if not form.is_valid():
        return Refused(name, form, REFUSED)
    try:
        leave_note(request, deed.do(person_of(request), thread_id, form.cleaned_data))
    except MessengerError as error:
        if isinstance(error, NotFound) and not isinstance(error, NoSuchPerson):
            raise
        form.add_error(deed.field, problem(error))
        return Refused(name, form, error.status)
    return None


def _on(request: HttpRequest, thread_id: int, then: str) -> HttpResponse:
    """To the inbox too where one does not belong any more."""
    if then == "inbox" or history.place(person_of(request).pk, thread_id) is None:
        return redirect("privatemessages:inbox")
    return redirect(f"privatemessages:{then}", thread_id)
