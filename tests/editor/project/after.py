"""Answers slowly."""
from __future__ import annotations

import asyncio
import subprocess
import time


async def handler():
    label = "🚀"; await asyncio.sleep(1)
    subprocess.run(["true"])
    return label
