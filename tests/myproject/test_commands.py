"""The site's own commands."""

import os

import pytest
from babel.messages.mofile import read_mo
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from myproject.catalogues import compile_catalogues
from myproject.management.commands.createdemopeople import PEOPLE
from tests.services import ROOT

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Sign in"
msgstr "Войти"
"""


@pytest.mark.django_db
class TestDemoPeople:
    def test_they_can_sign_in_with_what_is_printed(self, settings, capsys):
        settings.DEBUG = True
        call_command("createdemopeople")
        printed = capsys.readouterr().out
        assert set(PEOPLE) == {"alice", "bob"}
        for name, password in PEOPLE.items():
            assert f"{name}, password {password}" in printed
            assert authenticate(username=name, password=password)

    def test_a_second_time_changes_nothing(self, settings):
        settings.DEBUG = True
        call_command("createdemopeople")
        alice = get_user_model().objects.get(username="alice")
        alice.set_password("her own")
        alice.save()
        call_command("createdemopeople")
        assert get_user_model().objects.count() == 2
        assert authenticate(username="alice", password="her own")

    def test_they_are_not_made_in_production(self, settings):
        settings.DEBUG = False
        with pytest.raises(CommandError):
            call_command("createdemopeople")
        assert not get_user_model().objects.exists()


class TestCatalogues:
    @pytest.fixture
    def catalogue(self, tmp_path):
        path = tmp_path / "site" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        path.write_text(CATALOGUE)
        return path

    def test_it_is_compiled_where_it_is_new_or_changed(self, catalogue, tmp_path):
        assert compile_catalogues(tmp_path) == [catalogue.with_suffix(".mo")]
        with catalogue.with_suffix(".mo").open("rb") as file:
            assert read_mo(file).get("Sign in").string == "Войти"
        assert compile_catalogues(tmp_path) == []
        future = catalogue.with_suffix(".mo").stat().st_mtime_ns + 10**9
        os.utime(catalogue, ns=(future, future))
        assert compile_catalogues(tmp_path) == [catalogue.with_suffix(".mo")]

    def test_the_site_has_one(self):
        assert (ROOT / "myproject/locale/ru/LC_MESSAGES/django.mo").exists()
