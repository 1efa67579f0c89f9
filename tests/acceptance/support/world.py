"""The practice venue as a test has it: a process of its own, its control address, and what leads a run to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from runner.practice import settings_of

PROJECT = Path(__file__).resolve().parents[3]
CANARIES = {
    # Values that occur nowhere by chance, so that finding one anywhere means that it leaked.
    "LB_CARD_SECURITY_CODE": "7304",
    "LB_CARDHOLDER_NAME": "Canary Holderqx",
    "LB_ADDRESS": "17 Canarylane Zyx",
    "LB_CITY": "Canaryford",
    "LB_POSTCODE": "QX7 3ZY",
}


class World:
    """One practice venue: site, portal and sheet, with nothing in them yet but their seed.

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
        self._told: dict[str, Any] = json.loads(line)
        self.emails = {each["name"].lower(): str(each["email"]) for each in self._told["accounts"]}
        self.settings = settings_of(self._told) | CANARIES

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call the control address and return its answer."""
        answer = requests.request(
            method,
            f"{self._told['control_url']}{path}",
            headers={"Authorization": f"Bearer {self._told['control_token']}"},
            json=body,
            timeout=30,
        )
        if not answer.ok:
            raise AssertionError(f"the control address refused {method} {path}: {answer.text}")
        told: dict[str, Any] = answer.json()
        return told

    def stop(self) -> None:
        """End the venue; it must not need force."""
        self._process.communicate(timeout=30)
