"""Apart from the change of the tables: PostgreSQL alters none whose rows it has just changed."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def count_pairs(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("privatemessages", "Thread").objects.filter(kind="direct").update(member_count=2)


class Migration(migrations.Migration):
    dependencies = [("privatemessages", "0002_groups_and_rooms")]

    operations = [migrations.RunPython(count_pairs, migrations.RunPython.noop)]
