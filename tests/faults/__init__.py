"""One process after another is killed, stopped, wiped or frozen, under steady traffic.

`stack` is the whole messenger: PostgreSQL, Redis, gunicorn and two workers. `traffic` is many
clients who write all the time. `check` compares what each of them saw with what the database
holds; `test_check` and `test_switched_off` show that it sees what is broken.

`gathering` is traffic in groups and rooms, where a `director` lets people come and go, through an
`office` of its own. `register` notes who belonged when, each client is a `witness` of all that it
ever saw, and `rights` compares the two.
"""
