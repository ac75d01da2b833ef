"""docs/protocol.md tells of the commands that there are."""

import re

from django.utils.translation import override

from privatemessages.commands import known
from tests.services import ROOT

ROW = re.compile(r"^\| `/(\w+)[^|]*\| ([^|]*)\|", re.MULTILINE)
ALIAS = re.compile(r"^\| `/\w[^|]*`, `/(\w+)` \|", re.MULTILINE)
TABLE = (
    (ROOT / "docs" / "protocol.md").read_text().partition("## Commands")[2].partition("\n## ")[0]
)


def test_every_command_is_told_of_with_the_right_that_it_needs():
    told = {name: set(re.findall(r"`(\w+)`", right)) for name, right in ROW.findall(TABLE)}
    needed = {each.name: {each.act.value} if each.act else set() for each in known}
    assert len(needed) > 10
    assert told == needed | {"topic": {"set_topic"}}


def test_every_other_name_is_told():
    assert set(ALIAS.findall(TABLE)) == {alias for each in known for alias in each.aliases}


def test_every_command_says_what_it_does():
    with override("en"):
        helps = {each.name: str(each.help) for each in known}
    for name, text in helps.items():
        row = next(line for line in TABLE.splitlines() if line.startswith(f"| `/{name}"))
        assert text.partition(";")[0] in row
