import json

import pytest

from privatemessages.answers import error_response
from privatemessages.errors import NotFound, RateLimited


def test_an_error_is_its_code_and_a_detail_with_its_status():
    response = error_response(NotFound())

    assert response.status_code == 404
    assert json.loads(response.content) == {"code": "not_found", "detail": NotFound.detail}
    assert "Retry-After" not in response


@pytest.mark.parametrize(("milliseconds", "seconds"), [(1, "1"), (1000, "1"), (1001, "2")])
def test_when_to_try_again_is_told_in_whole_seconds(milliseconds, seconds):
    response = error_response(RateLimited(retry_after=milliseconds))

    assert (response.status_code, response["Retry-After"]) == (429, seconds)


def test_a_detail_is_told_in_the_persons_language(monkeypatch):
    monkeypatch.setattr("privatemessages.answers.gettext", lambda text: f"<{text}>")
    response = error_response(NotFound("Nothing."))

    assert json.loads(response.content) == {"code": "not_found", "detail": "<Nothing.>"}
