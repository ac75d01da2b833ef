from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privatemessages", "0005_what_people_choose"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="member",
            name="is_marked_unread",
        ),
        migrations.AddField(
            model_name="member",
            name="marked_unread_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="marked as unread at"),
        ),
    ]
