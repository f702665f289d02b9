"""Exports of a customer's own data, rendered by command-line programs."""

import asyncio
import subprocess
from pathlib import Path
from tempfile import gettempdir

from fastapi import APIRouter, HTTPException, status
from fastapi.responses import FileResponse

from storefront.api.dependencies import CustomerDep

router = APIRouter(prefix="/exports", tags=["exports"])
EXPORTS = Path(gettempdir()) / "storefront-exports"


@router.get("/me.pdf")
async def my_data_as_pdf(customer: CustomerDep) -> FileResponse:
    target = EXPORTS / f"{customer.id}.pdf"
    completed = subprocess.run(
        ["wkhtmltopdf", f"/var/lib/storefront/{customer.id}.html", str(target)],
        check=False,
        timeout=30,
    )
    if completed.returncode != 0:
        raise HTTPException(status.HTTP_500_INTERNAL_SERVER_ERROR, "The export failed")
    return FileResponse(target)


@router.get("/me.zip")
async def my_data_as_zip(customer: CustomerDep) -> FileResponse:
    target = EXPORTS / f"{customer.id}.zip"
    process = await asyncio.create_subprocess_exec("zip", "-qr", str(target), f"/var/lib/storefront/{customer.id}")
    async with asyncio.timeout(30):
        code = await process.wait()
    if code != 0:
        raise HTTPException(status.HTTP_500_INTERNAL_SERVER_ERROR, "The export failed")
    return FileResponse(target)


@router.get("/disk-usage")
def disk_usage() -> dict[str, str]:
    completed = subprocess.run(["du", "-sh", str(EXPORTS)], check=True, capture_output=True, text=True, timeout=10)
    return {"used": completed.stdout.split()[0]}
