from privatemessages.protocol import CloseCode

FINAL = range(4500, 5000)  # do not reconnect


def test_the_codes_are_the_ones_that_clients_know():
    assert {code.name: code.value for code in CloseCode} == {
        "GOING_AWAY": 1001,
        "TOO_BIG": 1009,
        "FAILED": 1011,
        "RESTARTING": 1012,
        "SLOW_READER": 4003,
        "FLOOD": 4005,
        "NOT_SIGNED_IN": 4501,
        "FORBIDDEN": 4503,
        "TOO_MANY_SOCKETS": 4504,
    }


def test_the_number_alone_says_whether_to_come_again():
    final = {code for code in CloseCode if code in FINAL}

    assert final == {CloseCode.NOT_SIGNED_IN, CloseCode.FORBIDDEN, CloseCode.TOO_MANY_SOCKETS}
