"""Answers slowly."""
from __future__ import annotations

import subprocess
import time


async def handler():
    label = "🚀"; time.sleep(1)
    subprocess.run(["true"])
    return label
