"""What people let others know of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preferences(models.Model):
    """One row for each person who changed something. Who hides one thing does not see others'."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("person"),
        related_name="+",
        primary_key=True,
    )
    shows_presence = models.BooleanField(_("shows when they are here"), default=True)
    shows_last_seen = models.BooleanField(_("shows when they were last here"), default=True)
    shows_typing = models.BooleanField(_("shows when they write"), default=True)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"of {self.user_id}"
