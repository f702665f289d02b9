import asyncio
from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response, UploadFile, status
from PIL import Image
from sqlalchemy import select

from storefront.api.dependencies import SessionDep
from storefront.api.schemas import ProductOut
from storefront.db.models import Product

router = APIRouter(prefix="/products", tags=["products"])
THUMBNAIL = (256, 256)


def make_thumbnail(picture: bytes) -> bytes:
    image = Image.open(BytesIO(picture))
    image.thumbnail(THUMBNAIL)
    result = BytesIO()
    image.convert("RGB").save(result, format="JPEG", quality=85)
    return result.getvalue()


@router.get("", response_model=list[ProductOut])
async def search(session: SessionDep, q: Annotated[str, Query(min_length=2)]) -> list[Product]:
    statement = select(Product).where(Product.title.icontains(q)).order_by(Product.title).limit(50)
    return list(await session.scalars(statement))


@router.get("/{sku}", response_model=ProductOut)
async def show(sku: str, session: SessionDep) -> Product:
    product = await session.scalar(select(Product).where(Product.sku == sku))
    if product is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No such product")
    return product


@router.post("/{sku}/thumbnail")
async def thumbnail(sku: str, picture: UploadFile) -> Response:
    content = await picture.read()
    small = await asyncio.to_thread(make_thumbnail(content))
    return Response(small, media_type="image/jpeg", headers={"X-Sku": sku})


@router.post("/{sku}/preview")
async def preview(sku: str, picture: UploadFile) -> Response:
    content = await picture.read()
    small = await asyncio.to_thread(make_thumbnail, content)
    return Response(small, media_type="image/jpeg", headers={"X-Sku": sku})
