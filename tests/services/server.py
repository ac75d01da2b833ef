"""What the databases of tests have in common."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.services.process import Process


class Server(Process):
    """One that listens, and works in a folder of its own, which goes when it is left."""

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        *,
        port: int,
        folder: Path,
        user: str | None = None,
    ) -> None:
        super().__init__(command, port=port, cwd=folder, user=user)
        self.address = port
        self.folder = folder

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ready(self) -> bool:
        return super().ready() and self.answers()

    def answers(self) -> bool:
        """Whether it obeys: many a server listens before it can."""
        return True
