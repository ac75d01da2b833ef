"""Sees to the programs that the tests need and pip cannot bring: with apt, or in words."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

# Without windows of its own it takes half the work for each page; with them it does as well.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")

# What is looked for (one of these will do), and the package of Debian that brings it.
PACKAGES = {
    ("initdb",): "postgresql",
    ("redis-server",): "redis-server",
    BROWSERS: "chromium-headless-shell",
    ("ps",): "procps",
    ("npm",): "npm",
    ("haproxy",): "haproxy",
    ("nginx",): "nginx",
    ("openssl",): "openssl",
    ("ip",): "iproute2",
}
SBIN = "/usr/sbin"


def main() -> int:
    missing = [
        package for programs, package in PACKAGES.items() if not any(map(installed, programs))
    ]
    if find_spec("ensurepip") is None:
        missing.append("python3-venv")
    if not missing:
        return 0
    if not (administrator := apt()):
        print(f"The tests need programs that are not installed: {', '.join(missing)}.")
        print(f"On Debian or Ubuntu: sudo apt-get install {' '.join(missing)}")
        return 1
    print(f"Installing {', '.join(missing)}", flush=True)
    return install(administrator, missing)


def installed(program: str) -> bool:
    """Debian keeps servers out of PATH, PostgreSQL's among programs of its own."""
    kept_apart = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    return bool(shutil.which(program) or shutil.which(program, path=SBIN) or list(kept_apart))


def apt() -> list[str] | None:
    """How to call apt-get with the right to install, if that is possible without a question."""
    if not shutil.which("apt-get"):
        return None
    apt_get = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"]
    if os.geteuid() == 0:
        return apt_get
    passwordless = shutil.which("sudo") and subprocess.run(
        ["sudo", "-n", "true"], capture_output=True, check=False
    )
    return ["sudo", "-n", *apt_get] if passwordless and not passwordless.returncode else None


def install(apt_get: list[str], packages: list[str]) -> int:
    quietly([*apt_get, "update"])
    return quietly([*apt_get, "install", "--no-install-recommends", *packages])


def quietly(command: list[str]) -> int:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
