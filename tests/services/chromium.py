"""How Chromium is started: as a browser that does nothing but show the pages of a test."""

import shutil
from pathlib import Path

from tests.system_packages import BROWSERS

# This list takes the place of Playwright's own, of which it holds all but what is not of Linux.
SWITCHED_OFF = [
    # For each new window they load two pages of the address bar: a third of all work.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # From here on it is Playwright's.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(SWITCHED_OFF)}",
]


def find_chromium() -> Path:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, "Chromium is not installed: make test says how to get it"
    return Path(found)
