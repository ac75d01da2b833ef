"""One process after another is killed, stopped, wiped or frozen, under steady traffic.

`stack` is the whole messenger: PostgreSQL, Redis, gunicorn and two workers. `traffic` is many
clients who write all the time. `check` compares what each of them saw with what the database
holds; `test_check` and `test_switched_off` show that it sees what is broken.
"""
