def test_the_front_page_comes_through_haproxy_nginx_and_gunicorn(deployment):
    answer = deployment.edge.ask("/")
    assert answer.status == 200
    assert "Sign in" in answer.text
