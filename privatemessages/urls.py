"""Everything under the path where a project includes the app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import command_api, saving, views
from .api import urls as api

app_name = "privatemessages"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.inbox, name="inbox"),
    path("chat/<int:thread_id>/", views.thread, name="thread"),
    path("chat/<int:thread_id>/<int:seq>/", views.thread, name="message"),
    path("chat/<int:thread_id>/members/", views.members, name="members"),
    path("chat/<int:thread_id>/acts/", views.acts, name="acts"),
    path("chat/<int:thread_id>/confirm/<slug:act>/", views.confirm, name="confirm"),
    path("groups/new/", views.new_group, name="new_group"),
    path("rooms/", views.rooms, name="rooms"),
    # Any name at all, however it is written, leads to the room's address.
    path("rooms/<path:slug>/", views.room, name="room"),
    path("settings/", views.settings, name="settings"),
    path("send_message/", views.send_message, name="send_message"),
    path("send_message_api/", saving.save_batch, name="save_batch"),
    path("send_message_api/<int:thread_id>/", saving.save_one, name="save_one"),
    path("command_api/", command_api.run_command, name="run_command"),
    path("api/", api),
    path("jsi18n/", views.javascript_catalog, name="jsi18n"),
]
