"""A client in Python that behaves like the browser's, for tests that need many of them.

`model.Client` is its heart and pure: frames and answers in, with the time as an argument; what to
send and what to ask out. `history.Copy` is one thread as the client holds it, `outbox.Outbox` what
it wrote and nobody has stored yet, `holes.Holes` what it missed. `tab.Tab` gives a heart a socket
and HTTP. `reader` is a tab in a process of its own, which can be frozen.

Each mechanism that keeps promises can be switched off (`Switches`), to show that a test notices.
"""

from tests.client.model import ALL_ON, Client, Switches
from tests.client.tab import Site, Tab

__all__ = ["ALL_ON", "Client", "Site", "Switches", "Tab"]
