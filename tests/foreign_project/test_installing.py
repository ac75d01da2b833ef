"""Adding the app disturbs nothing."""

import re

import pytest

from tests.foreign_project.club import PROJECT, Club
from tests.foreign_project.guide import SNIPPETS
from tests.services import ROOT


def test_the_migrations_run_on_sqlite(installed, tmp_path):
    club = Club(installed, f"sqlite:///{tmp_path}/club.sqlite3", "redis://127.0.0.1:1/0")
    assert "privatemessages.0001_initial... OK" in club.manage("migrate")


def test_no_migration_is_missing_with_another_user_model(club):
    assert "No changes detected" in club.manage("makemigrations", "--check", "--dry-run")


def test_django_has_no_complaints(club):
    assert "no issues" in club.manage("check", "--fail-level", "WARNING")


def test_nothing_of_our_own_project_is_loaded(club):
    code = "import sys, privatemessages.urls, privatemessages.tornadoapp.application\n"
    code += "print(privatemessages.__file__, 'myproject' in sys.modules)"
    path, loaded = club.shell(code).split()
    assert not path.startswith(str(ROOT))
    assert loaded == "False"


def test_the_compiled_catalogues_are_found(club):
    code = "from django.utils.translation import gettext, override\n"
    code += "with override('ru'): print(gettext('Write to somebody'))"
    assert re.search("[а-я]", club.shell(code))


def test_every_file_that_a_page_names_is_collected(club, ann, thread, tmp_path):
    club.manage("collectstatic", "--noinput", STATIC_ROOT=str(tmp_path))
    for page in ("/talk/", f"/talk/chat/{thread}/"):
        named = re.findall(r'(?:src|href)="/files/([^"]+)"', ann.get(page).text)
        assert len(named) >= 3
        assert [name for name in named if not (tmp_path / name).is_file()] == []


@pytest.mark.parametrize("path", ["people/names.py", "people/message_commands.py"])
def test_the_guide_has_what_this_project_runs(path):
    assert SNIPPETS[path] in (PROJECT / path).read_text()
