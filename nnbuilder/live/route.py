"""The routes beside the page: the live socket, the downloads, the frontend's files, and Plotly's own."""

from __future__ import annotations

import importlib.util
import mimetypes
import os
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from nnbuilder.live.downloads import Make, download_route
from nnbuilder.live.hub import REFUSED, UNKNOWN, Hub, same_site

FRONTEND = Path(__file__).resolve().parents[1] / "ui" / "frontend"
WEEK = 7 * 24 * 3600

# The type of a module is checked by browsers, and what the system says of .js differs from machine to machine.
mimetypes.add_type("text/javascript", ".js")


def routes(hub: Callable[[], Hub], make: Make) -> list[BaseRoute]:
    """The routes of the app; `make` makes the files to download.

    `hub` is called for each connection, as the hub is only made when the server starts.
    """

    async def live(socket: WebSocket) -> None:
        origin, host = socket.headers.get("origin"), socket.headers.get("host")
        grant = hub().admit(socket.path_params["token"], origin, host)
        if grant is None and not same_site(origin, host):
            await socket.close(REFUSED)
            return
        await socket.accept()
        if grant is None:
            # A page that outlived its server, or slept too long; it is told apart from a lost connection by the code
            # alone, which a browser gets to see only after the socket was accepted.
            await socket.close(UNKNOWN, "The page is no longer known here; it has to ask for its place anew.")
            return
        await hub().serve(socket, grant)

    return [
        WebSocketRoute("/live/{token}", live, name="live"),
        download_route(hub, make),
        Route("/assets/vendor/plotly.min.js", plotly, name="plotly"),
        Mount("/assets", FrontendFiles(directory=FRONTEND), name="assets"),
    ]


async def plotly(request: Request) -> Response:
    """Plotly.js as the installed plotly package brings it."""
    return FileResponse(
        plotly_path(), media_type="text/javascript", headers={"Cache-Control": f"public, max-age={WEEK}"}
    )


def plotly_path() -> Path:
    """Where the installed plotly package keeps Plotly.js; the package itself is slow to import."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package plotly is not installed; install requirements.txt.")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


class FrontendFiles(StaticFiles):
    """The frontend's files; a browser asks each time whether its copy is still the newest."""

    def file_response(self, *arguments: object, **keywords: object) -> Response:
        """The file, or "not modified"."""
        response = super().file_response(*arguments, **keywords)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where a file lies; hidden ones do not exist."""
        if any(part.startswith((".", "__")) for part in Path(path).parts):
            return "", None
        return super().lookup_path(path)
