"""What an operator asks whether everything is well, as docs/deploying.md has it."""

import json


def test_all_is_well_from_outside_and_at_each_worker(deployment):
    workers = [word for port in deployment.worker_ports for word in ("--socket", str(port))]
    outside = ["--socket", deployment.socket_url, "--insecure"]

    for words in (outside, workers):
        found = json.loads(deployment.manage("doctor", "--json", *words))
        assert found["well"], found
        accepted = [step for step in found["steps"] if step["name"] == "accepted"]
        assert len(accepted) == max(2, words.count("--socket"))


def test_nothing_waits_and_all_is_saved(deployment):
    found = json.loads(deployment.manage("outbox", "--json"))

    assert (found["waiting"], found["set_aside"]) == (0, 0)
    assert all(partition["worker"] for partition in found["partitions"])
