import os
import subprocess
import sys

from tests.services import ROOT

SCRIPT = [sys.executable, ROOT / "tests" / "system_packages.py"]


def test_where_nothing_is_missing_it_says_and_does_nothing():
    result = subprocess.run(SCRIPT, capture_output=True, text=True, check=True)
    assert result.stdout == ""


def test_where_it_cannot_install_it_says_what_is_missing_and_fails(tmp_path):
    env = {**os.environ, "PATH": str(tmp_path)}
    result = subprocess.run(SCRIPT, capture_output=True, text=True, check=False, env=env)
    assert result.returncode == 1
    assert "redis-server, chromium-headless-shell, procps, npm" in result.stdout
    assert "apt-get install" in result.stdout
