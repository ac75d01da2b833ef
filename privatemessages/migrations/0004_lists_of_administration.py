import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privatemessages", "0003_count_pairs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="ban",
            options={"verbose_name": "ban", "verbose_name_plural": "bans"},
        ),
        migrations.AlterField(
            model_name="ban",
            name="made_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
        ),
        migrations.AlterField(
            model_name="ban",
            name="reason",
            field=models.CharField(blank=True, max_length=250, verbose_name="why"),
        ),
        migrations.AlterField(
            model_name="ban",
            name="until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="until"),
        ),
        migrations.AlterField(
            model_name="ban",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["act", "id"], name="privatemessages_record_act"),
        ),
    ]
