"""A page for the network canvas and the data-set picker: made-up networks, their pictures, and a server for both."""

from __future__ import annotations

import asyncio
import json
import struct
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import streamlit
import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from nnbuilder.catalog.layers import LAYERS

HERE = Path(__file__).parent
FRONTEND = HERE.parents[1] / "nnbuilder" / "ui" / "frontend"
FONTS = Path(streamlit.__file__).parent / "static" / "static" / "media"
MAGIC = 0x314E4E4E
GROUPS = ("linear", "activation", "normalization", "regularization")
CATALOG = [
    {
        "group": group,
        "rows": [
            {"key": row.key, "label": row.label, "help": row.help} for row in LAYERS.values() if row.group == group
        ],
    }
    for group in GROUPS
]
SIDE = 16
MOST_SHOWN = 8
MOST_WEIGHTS = 4096
CURVES = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}


def network(*layers: int | str, inputs: list[str] | int = 2, **changes: Any) -> dict[str, Any]:
    """The canvas's data for a network: a number is a Linear layer, a word any other; `changes` replaces parts."""
    names = [f"x{index + 1}" for index in range(inputs)] if isinstance(inputs, int) else inputs
    width = len(names)
    rows = []
    for index, layer in enumerate(layers):
        row = LAYERS["linear" if isinstance(layer, int) else layer]
        units = layer if isinstance(layer, int) else width
        parameters = row.parameters(width, units, True)
        width = units
        rows.append(
            {
                "id": f"layer-{index}",
                "index": index,
                "kind": row.key,
                "label": row.label,
                "group": row.group,
                "units": units if row.sets_width else None,
                "detail": ", ".join(f"{field.name} {field.default}" for field in row.fields if not row.sets_width),
                "shape": str(width),
                "parameters": parameters,
                "enabled": True,
                "frozen": False,
                "start": "",
                "thaw_after": 0,
                "rate_factor": 1.0,
                "torch_name": str(index),
                "problems": [],
            }
        )
    return {
        "live": None,
        "inputs": names,
        "output": {"width": width, "wanted": width, "label": "logit"},
        "layers": rows,
        "catalog": CATALOG,
        "selected": None,
        "total_parameters": sum(row["parameters"] for row in rows),
        "can_undo": True,
        "can_redo": False,
        **changes,
    }


def weights_of(data: dict[str, Any], seed: int = 0) -> list[np.ndarray]:
    """Weights of the layers that are switched on, [out, in] each."""
    chance = np.random.default_rng(seed)
    width, weights = len(data["inputs"]), []
    for layer in data["layers"]:
        if layer["enabled"] and layer["group"] == "linear":
            weights.append(chance.normal(0, 1.6 / np.sqrt(width), (layer["units"], width)).astype(np.float32))
            width = layer["units"]
    return weights


def picture_of(
    data: dict[str, Any], weights: list[np.ndarray], seed: int = 0
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of the picture a worker would send of this network."""
    line = np.linspace(-3, 3, SIDE)
    across, up = np.meshgrid(line, line[::-1])
    values = np.zeros((SIDE * SIDE, len(data["inputs"])))
    values[:, 0] = across.ravel()
    if values.shape[1] > 1:
        values[:, 1] = up.ravel()
    chance = np.random.default_rng(seed + 1)
    places, maps, remaining = [], [], list(weights)
    for layer in data["layers"]:
        if not layer["enabled"]:
            continue
        if layer["group"] == "linear":
            matrix = remaining.pop(0)
            values = values @ matrix.T + chance.normal(0, 0.6, len(matrix))
        else:
            values = CURVES.get(layer["kind"], lambda x: x)(values)
        shown = values[:, :MOST_SHOWN]
        size = np.maximum(np.abs(shown).max(axis=0), 1e-12)
        maps.append((shown / size * 127 + 128).clip(0, 255).T)
        places += [[layer["index"], unit] for unit in range(shown.shape[1])]
    view = {"kind": "probability", "x": 0, "y": 1, "x_label": "x1", "y_label": "x2"}
    header = {
        "epoch": 3,
        "view": {**view, "x_range": [-3, 3], "y_range": [-3, 3], "value_range": [0, 1]},
        "neurons": places,
    }
    arrays = {}
    if maps:
        arrays["neurons"] = np.concatenate(maps).astype(np.uint8).reshape(-1, SIDE, SIDE)
    if 0 < sum(matrix.size for matrix in weights) <= MOST_WEIGHTS:
        arrays["weights"] = np.concatenate([matrix.ravel() for matrix in weights]).astype(np.float32)
    return header, arrays


def picture_frame(serial: int, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """A frame with a picture and nothing else, as docs/architecture.md lays it out."""
    listed = [{"name": name, "type": str(array.dtype), "shape": list(array.shape)} for name, array in arrays.items()]
    text = json.dumps({"n": 1, "sent": time.time(), **header, "arrays": listed}).encode()
    text += b" " * (-(4 + len(text)) % 8)
    body = b"".join(raw + b"\0" * (-len(raw) % 8) for raw in (array.tobytes() for array in arrays.values()))
    picture = struct.pack("<I", len(text)) + text + body
    return struct.pack("<8I", MAGIC, serial, 0, 0, 0, len(picture), 0, 0) + picture


class FakePage:
    """The server: `with FakePage() as page` answers at `page.url` and sends frames with `page.send`."""

    def __init__(self) -> None:
        self.sockets: dict[str, list[WebSocket]] = {}
        self.newest: dict[str, bytes] = {}
        self.acknowledged: dict[str, int] = {}
        app = Starlette(
            routes=[
                Route("/", lambda request: FileResponse(HERE / "harness.html")),
                Route("/favicon.ico", lambda request: Response(status_code=204)),
                Mount("/assets", StaticFiles(directory=FRONTEND)),
                Route("/font", lambda request: FileResponse(next(FONTS.glob("SourceSansVF-Upright*.woff2")))),
                WebSocketRoute("/live/{token}", self._live),
            ]
        )
        self.server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="websockets-sansio")
        )
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self.server.serve())
        self.loop.close()

    def __enter__(self) -> FakePage:
        self.thread.start()
        deadline = time.monotonic() + 60
        while not self.server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("The test server did not start within a minute.")
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(10)

    async def _live(self, socket: WebSocket) -> None:
        token = socket.path_params["token"]
        await socket.accept()
        self.sockets.setdefault(token, []).append(socket)
        if token in self.newest:
            await socket.send_bytes(self.newest[token])
        try:
            while True:
                if await socket.receive_text() == "ok":
                    self.acknowledged[token] = self.acknowledged.get(token, 0) + 1
        except WebSocketDisconnect:
            self.sockets[token].remove(socket)

    def send(self, token: str, frame: bytes) -> None:
        """Sends a frame to everyone who watches `token`, now or from now on."""
        self.newest[token] = frame

        async def everyone() -> None:
            for socket in self.sockets.get(token, []):
                await socket.send_bytes(frame)

        asyncio.run_coroutine_threadsafe(everyone(), self.loop).result(5)
