"""`manage.py doctor` where people have e-mail addresses instead of user names."""

import json


def test_it_goes_the_whole_road_and_leaves_nothing(club):
    people = "from people.models import Person; print(Person.objects.count())"
    before = club.shell(people)

    found = json.loads(club.manage("doctor", "--json"))

    assert found["well"], found
    assert [step["name"] for step in found["steps"]][-4:] == [
        "read back",
        "read mark",
        "read mark",
        "cleaned up",
    ]
    assert club.shell(people) == before
