"""What `check --deploy` has to say of a site that runs as deploy/ has it."""

import re


def test_the_keys_of_the_tests_are_short_and_nothing_else_is_wrong(deployment, capfd):
    capfd.readouterr()
    deployment.manage("check", "--deploy")
    told = re.findall(r"\((\w+\.\w+)\)", capfd.readouterr().err)
    assert set(told) == {"privatemessages.W005"}
