"""Everything under the path where a project includes the app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "privatemessages"

urlpatterns: list[URLPattern | URLResolver] = []
