import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privatemessages", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Ban",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=250)),
            ],
        ),
        migrations.CreateModel(
            name="EntryRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "actor_name",
                    models.CharField(max_length=150, verbose_name="by whom, as they were called"),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("read", "read"),
                            ("post", "post"),
                            ("leave", "leave"),
                            ("add", "add"),
                            ("remove", "remove"),
                            ("rename", "rename"),
                            ("set_topic", "set_topic"),
                            ("mute", "mute"),
                            ("unmute", "unmute"),
                            ("ban", "ban"),
                            ("unban", "unban"),
                            ("appoint", "appoint"),
                            ("configure", "configure"),
                            ("clear", "clear"),
                            ("close", "close"),
                            ("reopen", "reopen"),
                            ("delete", "delete"),
                        ],
                        max_length=20,
                        verbose_name="act",
                    ),
                ),
                (
                    "person_name",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="to whom, as they were called"
                    ),
                ),
                (
                    "thread_title",
                    models.CharField(blank=True, max_length=60, verbose_name="title of the thread"),
                ),
                ("detail", models.CharField(blank=True, max_length=250, verbose_name="what")),
                ("reason", models.CharField(blank=True, max_length=250, verbose_name="why")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, verbose_name="when"
                    ),
                ),
            ],
            options={
                "verbose_name": "record of administration",
                "verbose_name_plural": "records of administration",
            },
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField()),
            ],
        ),
        migrations.AlterModelOptions(
            name="thread",
            options={
                "permissions": [("administer_threads", "Can administer every group and room")],
                "verbose_name": "thread",
                "verbose_name_plural": "threads",
            },
        ),
        migrations.AddField(
            model_name="member",
            name="muted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="muted at"),
        ),
        migrations.AddField(
            model_name="member",
            name="muted_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="muted until"),
        ),
        migrations.AddField(
            model_name="member",
            name="role",
            field=models.CharField(
                choices=[("owner", "owner"), ("moderator", "moderator"), ("member", "member")],
                default="member",
                max_length=10,
                verbose_name="role",
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="since_seq",
            field=models.PositiveBigIntegerField(
                default=0, editable=False, verbose_name="sees from"
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="unseen_count",
            field=models.PositiveBigIntegerField(
                default=0, editable=False, verbose_name="messages before that"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="about",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="about",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="event",
            field=models.CharField(
                blank=True,
                choices=[
                    ("created", "created"),
                    ("joined", "joined"),
                    ("added", "added"),
                    ("left", "left"),
                    ("removed", "removed"),
                    ("banned", "banned"),
                    ("appointed", "appointed"),
                    ("renamed", "renamed"),
                    ("topic", "topic"),
                    ("cleared", "cleared"),
                    ("closed", "closed"),
                    ("reopened", "reopened"),
                ],
                max_length=10,
                verbose_name="event",
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="cleared_seq",
            field=models.PositiveBigIntegerField(
                default=0, editable=False, verbose_name="cleared up to"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
        ),
        migrations.AddField(
            model_name="thread",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="deleted at"),
        ),
        migrations.AddField(
            model_name="thread",
            name="is_public",
            field=models.BooleanField(default=False, verbose_name="public"),
        ),
        migrations.AddField(
            model_name="thread",
            name="member_count",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="members"),
        ),
        migrations.AddField(
            model_name="thread",
            name="shows_past",
            field=models.BooleanField(
                default=False, verbose_name="newcomers see what was written before"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="slug",
            field=models.CharField(
                editable=False, max_length=200, null=True, verbose_name="address"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="title",
            field=models.CharField(blank=True, max_length=60, verbose_name="title"),
        ),
        migrations.AddField(
            model_name="thread",
            name="topic",
            field=models.CharField(blank=True, max_length=250, verbose_name="topic"),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[("text", "text"), ("action", "action"), ("event", "event")],
                default="text",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="thread",
            name="kind",
            field=models.CharField(
                choices=[("direct", "direct"), ("group", "group"), ("room", "room")],
                default="direct",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                fields=["thread", "left_at", "joined_at"], name="privatemessages_present"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("about__isnull", False)),
                fields=["about"],
                name="privatemessages_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.UniqueConstraint(
                fields=("slug",), name="privatemessages_thread_slug"
            ),
        ),
        migrations.AddField(
            model_name="ban",
            name="thread",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="bans",
                to="privatemessages.thread",
            ),
        ),
        migrations.AddField(
            model_name="ban",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="entryrequest",
            name="thread",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entry_requests",
                to="privatemessages.thread",
            ),
        ),
        migrations.AddField(
            model_name="entryrequest",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="record",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by whom",
            ),
        ),
        migrations.AddField(
            model_name="record",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="to whom",
            ),
        ),
        migrations.AddField(
            model_name="record",
            name="thread",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="privatemessages.thread",
                verbose_name="thread",
            ),
        ),
        migrations.AddField(
            model_name="stay",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stays",
                to="privatemessages.member",
            ),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.UniqueConstraint(
                fields=("thread", "user"), name="privatemessages_ban_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entryrequest",
            constraint=models.UniqueConstraint(
                fields=("thread", "user"), name="privatemessages_asked_once"
            ),
        ),
    ]
