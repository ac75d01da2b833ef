"""Jobs at the same moment, each with a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from privatemessages.errors import MessengerError

START = 10  # seconds
END = 60  # seconds


def run_together(*jobs):
    """Their results; what is refused is its code, and anything else is raised."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(START)
            return job()
        except MessengerError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(END) for future in [pool.submit(run, job) for job in jobs]]
