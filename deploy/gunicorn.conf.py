"""How gunicorn serves the pages; its log goes to stderr, which whoever starts it keeps."""

import os

bind = "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
worker_class = "gthread"
threads = 8  # each may hold one database connection

# No `preload_app`: after SIGHUP new workers read the new code while the old ones finish.
timeout = 60  # seconds, in which a worker has to show that it lives
graceful_timeout = 25  # seconds for what is on its way; supervisor and systemd wait longer
keepalive = 75  # seconds; longer than nginx keeps a connection that it does not use
max_requests = 10_000  # and what leaked is given back
max_requests_jitter = 1_000

# Only nginx on this machine says whether a request came by HTTPS, and no header says more.
forwarded_allow_ips = "127.0.0.1"
forwarder_headers = ""
control_socket_disable = True  # signals are enough
