"""The routes beside the pages: the maps' own assets, and whether the app is alive."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
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


async def send_home(request: Request) -> Response:
    """Send whoever asks for the first page by its name to the root, where it stands; the view's address stays."""
    query = request.url.query
    return RedirectResponse(f"/?{query}" if query else "/")


ROUTES = (
    Route(ASSETS + "{path:path}", send_asset, methods=["GET"]),
    Route("/overview", send_home, methods=["GET"]),
    Route("/healthz", send_health, methods=["GET"]),
)
