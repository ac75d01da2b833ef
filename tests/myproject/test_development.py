from concurrent.futures import ThreadPoolExecutor

from myproject.development import forget_redis, note_redis, noted_redis, remembered_secret


def test_a_secret_stays_the_same_and_is_its_owners_alone(tmp_path):
    folder = tmp_path / "var"
    secret = remembered_secret(folder, "key")
    assert len(secret) > 40
    assert remembered_secret(folder, "key") == secret
    assert (folder / "key").stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir()] == ["key"], "no draft is left"


def test_two_secrets_differ(tmp_path):
    assert remembered_secret(tmp_path, "one") != remembered_secret(tmp_path, "two")


def test_servers_that_start_together_agree(tmp_path):
    with ThreadPoolExecutor(16) as threads:
        secrets = set(threads.map(lambda _: remembered_secret(tmp_path, "key"), range(64)))
    assert len(secrets) == 1


def test_a_redis_is_noted_for_its_owner_alone_and_forgotten(tmp_path):
    assert noted_redis(tmp_path) is None
    note_redis(tmp_path, "redis://127.0.0.1:1/0")
    note_redis(tmp_path, "redis://127.0.0.1:2/0")
    assert noted_redis(tmp_path) == "redis://127.0.0.1:2/0"
    assert (tmp_path / "redis_url").stat().st_mode & 0o077 == 0
    forget_redis(tmp_path)
    forget_redis(tmp_path)
    assert list(tmp_path.iterdir()) == []
