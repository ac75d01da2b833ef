"""How a test in the browser is run with generated examples: all of them on one page."""

from hypothesis import HealthCheck, settings


def drawn(count: int) -> settings:
    """What fails is printed as code that repeats it."""
    return settings(
        max_examples=count,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
