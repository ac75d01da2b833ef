"""Two hosts of workers and a third one with all the rest, as network namespaces of one machine.

`scene` is a program, which runs in a namespace of its own: that is the third host, with PostgreSQL,
Redis, Django and haproxy. `network` makes the other two, and cuts their cables.
"""
