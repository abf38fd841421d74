"""The routes beside the pages: the maps' own assets, and whether the app is alive."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from gridgis.show.assets import ASSETS, find_asset

# an asset's path holds its version or its fingerprint, so it never changes
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


async def send_asset(request: Request) -> Response:
    """Send one file that the maps are made of.

    Raises
    ------
    HTTPException
        404 if there is no such asset.
    """
    path = find_asset(request.path_params["path"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, headers=_FOREVER)


async def send_health(_: Request) -> Response:
    """Say that the app is alive."""
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


ROUTES = (
    Route(ASSETS + "{path:path}", send_asset, methods=["GET"]),
    Route("/healthz", send_health, methods=["GET"]),
)
