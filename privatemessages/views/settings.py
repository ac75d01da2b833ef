"""What one shows of oneself; and what this browser does, which its scripts alone know."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import actions, history, pagedata
from ..forms import PreferencesForm
from .notes import leave_note, take_notes
from .requests import person_of


@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = PreferencesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.set_preferences(person, **form.cleaned_data)
        leave_note(request, _("Your settings are saved."))
        return redirect("privatemessages:settings")
    form.initial = history.preferences(person.pk).model_dump()
    context = {"form": form, "notes": take_notes(request), "page": pagedata.for_page(request)}
    return render(request, "privatemessages/settings.html", context)
