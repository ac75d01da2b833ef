"""Static files as an upgrade leaves them: open pages go on with those they began with."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

NAME = "privatemessages/js/said.js"


def collect(source, script):
    """The file that pages of this version name."""
    (source / NAME).parent.mkdir(parents=True, exist_ok=True)
    (source / NAME).write_text(script)
    call_command("collectstatic", interactive=False, verbosity=0)
    return staticfiles_storage.stored_name(NAME)


def test_the_files_of_the_version_before_stay_where_they_are(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "myproject.storage.HashedStaticFilesStorage"}
    }
    before = collect(tmp_path / "source", 'export const said = "before";\n')
    after = collect(tmp_path / "source", 'export const said = "after";\n')
    assert before != after
    assert "before" in (settings.STATIC_ROOT / before).read_text()
    assert "after" in (settings.STATIC_ROOT / after).read_text()
