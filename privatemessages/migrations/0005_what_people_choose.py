import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privatemessages", "0004_lists_of_administration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Preferences",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "shows_presence",
                    models.BooleanField(default=True, verbose_name="shows when they are here"),
                ),
                (
                    "shows_last_seen",
                    models.BooleanField(
                        default=True, verbose_name="shows when they were last here"
                    ),
                ),
                (
                    "shows_typing",
                    models.BooleanField(default=True, verbose_name="shows when they write"),
                ),
            ],
            options={
                "verbose_name": "preferences",
                "verbose_name_plural": "preferences",
            },
        ),
        migrations.AddField(
            model_name="member",
            name="marked_unread_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="marked as unread at"),
        ),
        migrations.AddField(
            model_name="member",
            name="is_silent",
            field=models.BooleanField(default=False, verbose_name="silent"),
        ),
    ]
