"""Two hundred people who talk through haproxy, and the comparison at the end."""

from tests.client import Site
from tests.deployment.stack import Deployment
from tests.faults.stack import Company, casts
from tests.faults.traffic import Traffic
from tests.faults.waiting import until_apart

SIZE = 194  # people in a company; six of them have two sockets
LEAVE_WAIT = 30.0  # s that the last close frames may take


class Stage:
    """The deployment, as `Traffic` wants its stack: with people of its own for each test."""

    def __init__(self, deployment: Deployment, companies: int) -> None:
        self.deployment = deployment
        self.database = deployment.env["DATABASE_URL"]
        self.site = Site(
            [deployment.socket_url],
            f"{deployment.url}/messages/api/",
            str(deployment.edge.certificate),
        )
        settings = {"DJANGO_SETTINGS_MODULE": "myproject.settings"}
        self._casts = casts(companies, SIZE, deployment.env | settings)

    def company(self) -> Company:
        """One that nobody has used yet."""
        return Company.of(self._casts.pop())

    def output(self) -> str:
        return self.deployment.output()

    def set_aside(self) -> int:
        """How many messages were given up."""
        with self.deployment.redis.client() as client:
            return sum(client.xlen(key) for key in client.scan_iter("pm:*:dead"))


class Crowd(Traffic):
    pause = 4.0  # s: fifty messages in a second

    async def __aexit__(self, *exception: object) -> None:
        await super().__aexit__(*exception)
        await until_apart(lambda: not any(sockets(self.stack.deployment).values()), LEAVE_WAIT)


def sockets(deployment: Deployment) -> dict[str, int]:
    """How many haproxy has with each worker now."""
    lines = deployment.edge.command("show stat").splitlines()
    rows = [line.split(",") for line in lines if "," in line]
    current = rows[0].index("scur")
    servers = [row for row in rows if row[0] == "workers" and row[1].startswith("tornado")]
    return {row[1]: int(row[current]) for row in servers}
