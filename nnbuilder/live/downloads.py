"""The route for the files a person takes home: made when asked for, and in words why not when they cannot be made."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from nnbuilder.errors import NNBuilderError
from nnbuilder.live.hub import Grant, Hub

log = logging.getLogger(__name__)

DOWNLOAD_PATH = "/download"
MOST_A_TOKEN = 4
"""Files made at the same time for one visitor."""
MOST_AT_ONCE = 4
"""Files made at the same time in all; the others wait for their turn."""
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

UNKNOWN_PAGE = "The server does not know this page any more; reload it and click again."
OTHER_SITE = "Files are handed out to the page of this server only; open the project there."
TOO_MANY = "Several files are being made for this page already; wait until one has come and click again."
UNKNOWN_KIND = "There is no file of this kind; reload the page and click again."

_ATTR_CHARS = "!#$&+-.^_`|~"
"""What RFC 8187 leaves as it is in ``filename*``, besides letters and digits."""


@dataclass(frozen=True)
class Download:
    """A file: the name it is saved under, its bytes and their type.

    A large one is a file on the disk in place of bytes; it is sent from there and removed afterwards. `checked` says
    what was checked of it before.
    """

    file_name: str
    content: bytes | Path
    media_type: str = "application/octet-stream"
    checked: str = ""


class UnknownKind(NNBuilderError):
    """A kind of file that does not exist."""

    def __init__(self) -> None:
        super().__init__(UNKNOWN_KIND)


Make = Callable[[str, str, Callable[[str], None]], Download]
"""Makes the file of a project and a kind, in a thread, and tells in words how far it is.

It raises `UnknownKind`, or an error that says why not.
"""


def download_route(hub: Callable[[], Hub], make: Make) -> Route:
    """``GET /download/{token}/{kind}``: the file, or JSON ``{"message": …}`` with one sentence.

    What was checked of a file is in the header ``X-Checked``, percent-encoded. With ``?progress`` the answer is JSON
    ``{"words": …}`` at once: what is being done about the file right now, or "".

    The status is 403 for another site, 404 for a token or a kind that is not known, 409 for a file that cannot be
    made now, 429 if the visitor waits for several already, 500 for an error in the program.
    """
    threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="download")
    waiting: Counter[str] = Counter()
    words: dict[tuple[str, str], str] = {}

    async def download(request: Request) -> Response:
        if not from_own_page(request):
            return _refusal(403, OTHER_SITE)
        token = request.path_params["token"]
        grant = _admit(hub(), token, request)
        if grant is None:
            return _refusal(404, UNKNOWN_PAGE)
        kind = request.path_params["kind"]
        if "progress" in request.query_params:
            return JSONResponse({"words": words.get((token, kind), "")}, headers=HEADERS)
        if waiting[token] >= MOST_A_TOKEN:
            return _refusal(429, TOO_MANY)
        waiting[token] += 1
        try:
            tell = partial(words.__setitem__, (token, kind))
            made = await asyncio.get_running_loop().run_in_executor(threads, make, grant.project_id, kind, tell)
        except UnknownKind as error:
            return _refusal(404, str(error))
        except NNBuilderError as error:
            log.warning("A download failed: %s", error)
            return _refusal(409, str(error))
        except Exception as error:
            log.exception("A download failed.")
            return _refusal(
                500,
                f"The file could not be made because of an error in the program ({type(error).__name__}); "
                "click again, and if it stays, look into the server's log.",
            )
        finally:
            words.pop((token, kind), None)
            waiting[token] -= 1
            if not waiting[token]:
                del waiting[token]
        headers = {**HEADERS, "Content-Disposition": disposition(made.file_name)}
        if made.checked:
            headers["X-Checked"] = quote(made.checked)
        if isinstance(made.content, Path):
            away = BackgroundTask(made.content.unlink, missing_ok=True)
            return FileResponse(made.content, media_type=made.media_type, headers=headers, background=away)
        return Response(made.content, media_type=made.media_type, headers=headers)

    return Route(f"{DOWNLOAD_PATH}/{{token}}/{{kind}}", download, name="download")


def from_own_page(request: Request) -> bool:
    """Whether the page of this server asks, or a person who typed the address.

    Browsers tell the site on a safe connection only, and the origin not with every GET; what they tell must fit.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin, host = request.headers.get("origin"), request.headers.get("host")
    return origin is None or origin.partition("://")[2].lower() == (host or "").lower()


def disposition(file_name: str) -> str:
    """The header that has a browser save under `file_name` (RFC 6266): in ASCII, and exactly."""
    name = "".join(sign if sign.isprintable() and sign not in '/\\"' else "_" for sign in file_name)
    plain = "".join(sign if sign.isascii() else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"


def _admit(hub: Hub, token: str, request: Request) -> Grant | None:
    """The grant of a token; the origin was looked at before, as a page does not name its own with a GET."""
    host = request.headers.get("host")
    return hub.admit(token, f"http://{host}", host)


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status, headers=HEADERS)
