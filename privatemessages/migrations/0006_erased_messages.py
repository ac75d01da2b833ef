from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privatemessages", "0005_what_people_choose"),
    ]

    operations = [
        migrations.AlterField(
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
                    ("erased", "erased"),
                ],
                max_length=10,
                verbose_name="event",
            ),
        ),
    ]
