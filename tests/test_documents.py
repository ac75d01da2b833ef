"""What the documents and the code point to is there."""

import re
from pathlib import Path

import pytest

from privatemessages.roles import RIGHTS, Act
from tests.services import ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
NAMED = re.compile(r"\bdocs/[\w./-]*\w")
SOURCES = {".py", ".js", ".lua", ".html", ".css", ".conf"}


def sources():
    for folder in ("privatemessages", "myproject", "deploy"):
        files = sorted((ROOT / folder).rglob("*"))
        yield from (file for file in files if file.suffix in SOURCES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_to_a_file(document: Path):
    links = LINK.findall(document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_document_that_the_code_names_is_there():
    named = {(file.name, path) for file in sources() for path in NAMED.findall(file.read_text())}
    assert [path for path in named if not (ROOT / path[1]).is_file()] == []


def test_every_script_has_its_place_in_the_architecture():
    told = set(re.findall(r"`(\w+\.js)`", (ROOT / "docs" / "architecture.md").read_text()))
    scripts = {file.name for file in (ROOT / "privatemessages" / "static").rglob("*.js")}
    assert scripts
    assert told == scripts


def test_the_roles_are_told_as_they_are():
    (_, *kinds), _, *told = rows(ROOT / "docs" / "roles.md")
    assert kinds == list(RIGHTS)
    assert told == [[act, *(RIGHTS[kind].get(act, "–") for kind in kinds)] for act in Act]


def rows(document: Path):
    """The cells of every line of a table."""
    for line in document.read_text().splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_the_links_are_seen():
    assert "docs/integrating.md" in LINK.findall(DOCUMENTS[0].read_text())
    assert NAMED.findall("see docs/deploying.md.") == ["docs/deploying.md"]
