from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PrivateMessagesConfig(AppConfig):
    name = "privatemessages"
    verbose_name = _("Messages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # All register on import, after the models; in each app also a module of this name.
        from . import checks, commands, receivers  # noqa: F401, PLC0415

        autodiscover_modules("message_commands")
