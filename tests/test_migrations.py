"""Migrations in two steps, so that the version before works on: docs/deploying.md, "Upgrading".

What is only changed (AlterField, RunPython) is for whoever reads it to judge.
"""

from collections.abc import Iterator

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

FIRST_VERSION = "0006_erased_messages"  # follows none, so nothing was in use before
CONTRACT = "_contract_"  # in the name of a migration that takes away

TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RemoveIndex,
    migrations.RemoveConstraint,
)
NEVER = (migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)


def complaints(name: str, operations: list[Operation]) -> Iterator[str]:
    contracts = CONTRACT in name
    for operation in operations:
        what = f"{name}: {operation.describe()}"
        if isinstance(operation, NEVER):
            yield f"{what}: what the old version looks for is gone at once"
        elif isinstance(operation, TAKES_AWAY) and not contracts:
            yield f"{what}: in a later version, in a migration named NNNN{CONTRACT}…"
        elif contracts and not isinstance(operation, TAKES_AWAY):
            yield f"{what}: it only takes away"
        elif isinstance(operation, migrations.AddField) and not may_be_left_out(operation.field):
            yield f"{what}: null=True or db_default, the old version leaves it out of its INSERT"


def may_be_left_out(field: models.Field) -> bool:
    return field.null or field.many_to_many or field.db_default is not NOT_PROVIDED


def test_every_migration_leaves_the_version_before_working():
    loaded = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = sorted(name for app, name in loaded if app == "privatemessages")
    assert FIRST_VERSION in ours
    later = [name for name in ours if name > FIRST_VERSION]
    found = [complaints(name, loaded["privatemessages", name].operations) for name in later]
    assert [one for some in found for one in some] == []


EXPANDS = [
    migrations.AddField("message", "mood", models.CharField(max_length=9, null=True)),
    migrations.AddField("message", "loud", models.BooleanField(db_default=False)),
    migrations.CreateModel("Mood", [("id", models.BigAutoField(primary_key=True))]),
]
CONTRACTS = [migrations.RemoveField("message", "text"), migrations.DeleteModel("Message")]


def test_what_is_added_may_be_added_and_what_nobody_uses_any_more_taken_away():
    assert list(complaints("0007_moods", EXPANDS)) == []
    assert list(complaints("0008_contract_texts", CONTRACTS)) == []


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("0007_moods", CONTRACTS[0]),
        ("0007_moods", CONTRACTS[1]),
        ("0007_moods", migrations.RenameField("message", "text", "words")),
        ("0007_moods", migrations.AddField("message", "loud", models.BooleanField(default=False))),
        ("0007_contract_moods", EXPANDS[0]),
        ("0007_contract_moods", migrations.RenameModel("Message", "Word")),
    ],
)
def test_what_the_old_version_cannot_live_with_is_found(name, operation):
    assert len(list(complaints(name, [operation]))) == 1
