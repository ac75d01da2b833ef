"""docs/integrating.md, as somebody takes it who does what it says."""

import re
import subprocess
from pathlib import Path

from tests.services import PYTHON, ROOT

GUIDE = (ROOT / "docs" / "integrating.md").read_text()
SNIPPET = re.compile(r"```(?:python|django)\n(?:#|<!--) (\S+?\.\w+).*?\n(.*?)```", re.DOTALL)
SNIPPETS = dict(SNIPPET.findall(GUIDE))


def follow(folder: Path) -> Path:
    """A project as Django makes it, and in it what the page says of the first four steps."""
    subprocess.run([PYTHON, "-m", "django", "startproject", "club", folder], check=True)
    for path, text in SNIPPETS.items():
        if path.startswith(("club/", "templates/")):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a") as end:
                end.write(text)
    return folder
