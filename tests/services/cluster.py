"""A Redis Cluster of one's own: three masters, each with a replica."""

from collections.abc import Callable
from contextlib import suppress

import redis

from tests.services.assembly import Assembly
from tests.services.process import NotStarted, eventually, free_port
from tests.services.redis import REPLICATES_AT_ONCE, RedisServer

MASTERS = 3
SLOTS = 16_384
NODE_TIMEOUT = 1_000  # ms without an answer until a node counts as fallen
# After twice that time masters vote about the same one again: an early request has to be repeated.
VOTING = 2.5 * NODE_TIMEOUT / 1000  # seconds
TRIES = 5
SETTLED = 60.0  # seconds; the time in which everybody has to agree

CLUSTERED = ("--cluster-enabled", "yes", "--cluster-node-timeout", str(NODE_TIMEOUT))
# The other partitions go on while one has no master; a replica takes over however old it is, and
# stays with its master.
STEADY = (
    "--cluster-require-full-coverage",
    "no",
    "--cluster-replica-validity-factor",
    "0",
    "--cluster-allow-replica-migration",
    "no",
)


class RedisCluster(Assembly):
    def __init__(self, *options: str) -> None:
        super().__init__()
        self.nodes = [_node(*options) for _ in range(2 * MASTERS)]

    def _start(self) -> None:
        for node in self.nodes:
            self.enter_context(node)
        self._join()

    @property
    def url(self) -> str:
        return f"redis+cluster://{','.join(f'127.0.0.1:{node.address}' for node in self.nodes)}"

    def client(self) -> "redis.RedisCluster":
        first = next(node for node in self.nodes if node.alive)
        return redis.RedisCluster(host="127.0.0.1", port=first.address, decode_responses=True)

    def masters(self) -> list[RedisServer]:
        """By the slots that they serve, as most of the living nodes know them: the lowest first.

        Raises `LookupError` while slots have no living master.
        """
        rules = sorted(self._rules())
        found = [node for _, address in rules for node in self.nodes if node.address == address]
        if len(found) != MASTERS or not all(node.alive for node in found):
            raise LookupError("slots have no living master")
        return found

    def replica_of(self, master: RedisServer) -> RedisServer:
        """Raises `LookupError` while it has none that is connected."""
        for node in self.nodes:
            if node.alive and _follows(node, master):
                return node
        raise LookupError(f"nobody follows the master on port {master.address}")

    def master_of(self, key: str) -> RedisServer:
        slot = int(self.masters()[0].client().cluster("KEYSLOT", key))
        return self.masters()[_number_of(slot)]

    def fail_over(self, number: int) -> RedisServer:
        """Kill the master of this number, and wait until its replica rules; the killed one.

        It comes back, as a replica, when it is started again: see `heal`.
        """
        fallen = self.masters()[number]
        fallen.kill()
        self._agree(lambda: self.masters()[number] is not fallen, "nobody took over")
        return fallen

    def hand_over(self, number: int) -> RedisServer:
        """Let a master and its replica change places, as before maintenance; the former master."""
        former = self.masters()[number]
        replica = self.replica_of(former).client()
        for _ in range(TRIES):
            replica.execute_command("CLUSTER FAILOVER")
            if eventually(lambda: _holds(lambda: self.masters()[number] is not former), VOTING):
                return former
        raise NotStarted("nobody took over")

    def heal(self) -> None:
        """Start what is down, and wait until every master has its replica again."""
        for node in self.nodes:
            node.heal()
        self._agree(lambda: all(map(self.replica_of, self.masters())), "no replica came back")

    def wipe(self) -> None:
        for master in self.masters():
            master.wipe()

    def _join(self) -> None:
        for number, node in enumerate(self.nodes):
            node.client().execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        for number, node in enumerate(self.nodes):
            for other in self.nodes[number + 1 :]:
                node.client().execute_command("CLUSTER MEET", *_address(other))
        for number, master in enumerate(self.nodes[:MASTERS]):
            master.client().execute_command("CLUSTER ADDSLOTSRANGE", *_range(number))
        self._agree(self._are_acquainted, "the nodes did not meet")
        for master, replica in zip(self.nodes, self.nodes[MASTERS:], strict=False):
            replica.client().execute_command("CLUSTER REPLICATE", _name(master))
        self._agree(lambda: all(map(self.replica_of, self.masters())), "no replica followed")

    def _are_acquainted(self) -> bool:
        return all(_knows_all(node, len(self.nodes)) for node in self.nodes)

    def _rules(self) -> set[tuple[int, int]]:
        """(first slot, port of its master), on which the living nodes have to agree."""
        views = [_view(node) for node in self.nodes if node.alive]
        if any(view != views[0] for view in views):
            raise LookupError("the nodes do not agree")
        return views[0]

    def _agree(self, condition: Callable[[], object], otherwise: str) -> None:
        if not eventually(lambda: _holds(condition), SETTLED):
            told = "\n".join(node.output() for node in self.nodes)
            raise NotStarted(f"{otherwise}:\n{told}")


def _holds(condition: Callable[[], object]) -> bool:
    with suppress(LookupError, redis.RedisError):
        return bool(condition())
    return False


def _node(*options: str) -> RedisServer:
    bus = ("--cluster-port", str(free_port()))
    return RedisServer(*CLUSTERED, *STEADY, *REPLICATES_AT_ONCE, *bus, *options)


def _address(node: RedisServer) -> tuple[str, int, int]:
    bus = node.command[node.command.index("--cluster-port") + 1]
    return "127.0.0.1", node.address, int(bus)


def _name(node: RedisServer) -> str:
    return str(node.client().execute_command("CLUSTER MYID"))


def _range(number: int) -> tuple[int, int]:
    return number * SLOTS // MASTERS, (number + 1) * SLOTS // MASTERS - 1


def _number_of(slot: int) -> int:
    return next(number for number in range(MASTERS) if slot <= _range(number)[1])


def _knows_all(node: RedisServer, count: int) -> bool:
    known = node.client().execute_command("CLUSTER NODES").values()
    state = node.client().execute_command("CLUSTER INFO")
    connected = [peer for peer in known if peer["connected"] and "handshake" not in peer["flags"]]
    return len(connected) == count and state["cluster_state"] == "ok"


def _view(node: RedisServer) -> set[tuple[int, int]]:
    slots = node.client().execute_command("CLUSTER SLOTS")
    return {(first, master[1]) for first, _last, master, *_replicas in slots}


def _follows(node: RedisServer, master: RedisServer) -> bool:
    state = node.client().info("replication")
    is_linked = state.get("master_link_status") == "up"
    return is_linked and state["master_port"] == master.address
