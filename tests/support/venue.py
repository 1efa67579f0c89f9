"""The practice venue as a test has it: a process of its own, its control address, and what leads a run to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from practice.client import VenueClient
from runner.practice import settings_of

PROJECT = Path(__file__).resolve().parents[2]
CANARIES = {
    # Values that occur nowhere by chance, so that finding one anywhere means that it leaked.
    "LB_CARD_SECURITY_CODE": "7304",
    "LB_CARDHOLDER_NAME": "Canary Holderqx",
    "LB_ADDRESS": "17 Canarylane Zyx",
    "LB_CITY": "Canaryford",
    "LB_POSTCODE": "QX7 3ZY",
}


class PracticeVenue:
    """One practice venue in a process of its own: site, portal and sheet, with nothing in them yet but their seed.

    Args:
        state: a folder for what happens there.
    """

    def __init__(self, state: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "practice", "serve", "--state", state, "--with-parent"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdout is None:
            raise AssertionError("the practice venue has no standard output")
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("the practice venue did not start; its reason stands on standard error")
        told: dict[str, Any] = json.loads(line)
        self.client = VenueClient(told["control_url"], told["control_token"])
        self.emails = {each["name"].lower(): str(each["email"]) for each in told["accounts"]}
        self.settings = settings_of(told) | CANARIES

    def stop(self) -> None:
        """End the venue; it must not need force."""
        self._process.communicate(timeout=30)
