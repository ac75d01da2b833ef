def pytest_ignore_collect(config):
    """They bring a PostgreSQL of their own: once is enough, whatever is behind Django here."""
    return True if config.getoption("--database") == "sqlite" else None
