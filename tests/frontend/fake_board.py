"""A small server that speaks the live view's frame protocol, and a training on circles for it to show."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import plotly
import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

HERE = Path(__file__).parent
FRONTEND = HERE.parents[1] / "nnbuilder" / "ui" / "frontend"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
MAGIC = 0x314E4E4E
COLUMNS = ["epoch", "learning_rate", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy"]


def section(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """A picture or data section as docs/architecture.md lays it out."""
    listed = [{"name": name, "type": str(array.dtype), "shape": list(array.shape)} for name, array in arrays.items()]
    text = json.dumps({**header, "arrays": listed}).encode()
    text += b" " * (-(4 + len(text)) % 8)
    body = b"".join(raw + b"\0" * (-len(raw) % 8) for raw in (array.tobytes() for array in arrays.values()))
    return struct.pack("<I", len(text)) + text + body


def frame(
    serial: int, first_row: int, rows: bytes = b"", status: bytes = b"", picture: bytes = b"", data: bytes = b""
) -> bytes:
    """A whole frame."""
    sizes = (len(rows), len(status), len(picture), len(data))
    return struct.pack("<8I", MAGIC, serial, first_row, *sizes, 0) + rows + status + picture + data


@dataclass
class FakeRun:
    """What one token shows; tests change it and call `changed`."""

    serial: int = 1
    rows: list[list[float]] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)
    picture: bytes = b""
    data: bytes = b""
    versions: dict[str, int] = field(default_factory=lambda: {"status": 0, "picture": 0, "data": 0})
    received: list[Any] = field(default_factory=list)
    frames_sent: int = 0
    acknowledged: int = 0
    most_unacknowledged: int = 0
    refuse: bool = False
    raw: list[bytes] = field(default_factory=list)
    sockets: list[WebSocket] = field(default_factory=list)

    def set_status(self, **changes: Any) -> None:
        """Changes the status and has it sent."""
        self.status = {**self.status, **changes}
        self.versions["status"] += 1

    def set_picture(self, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        """Replaces the picture and has it sent."""
        header = {"n": self.versions["picture"], "sent": time.time(), **header}
        self.picture = section(header, arrays)
        self.versions["picture"] += 1

    def set_data(self, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        """Replaces the data and has it sent."""
        self.data = section(header, arrays)
        self.versions["data"] += 1

    def start_anew(self) -> None:
        """Another run takes the place of this one."""
        self.rows, self.picture, self.data = [], b"", b""
        self.serial += 1

    def actions(self, kind: str) -> list[Any]:
        """What came as JSON with the key `kind`."""
        return [message[kind] for message in self.received if isinstance(message, dict) and kind in message]


class FakeBoard:
    """The server: `with FakeBoard() as board` answers at `board.url`."""

    def __init__(self) -> None:
        self.runs: dict[str, FakeRun] = {}
        app = Starlette(
            routes=[
                Route("/", lambda request: FileResponse(HERE / "harness.html")),
                Route("/favicon.ico", lambda request: Response(status_code=204)),
                Route("/assets/vendor/plotly.min.js", lambda request: FileResponse(PLOTLY)),
                Mount("/assets", StaticFiles(directory=FRONTEND)),
                WebSocketRoute("/live/{token}", self._live),
            ]
        )
        config = uvicorn.Config(
            app, host="127.0.0.1", port=0, log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> FakeBoard:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *args: object) -> None:
        for run in self.runs.values():
            self.drop(run)
        self._server.should_exit = True
        self._thread.join(10)

    def run(self, token: str) -> FakeRun:
        """The run a token names, made when first asked for."""
        return self.runs.setdefault(token, FakeRun())

    def drop(self, run: FakeRun) -> None:
        """Closes every socket of a run, as a lost connection does."""
        for socket in list(run.sockets):
            if self._loop:
                asyncio.run_coroutine_threadsafe(socket.close(1012), self._loop).result(5)

    async def _live(self, socket: WebSocket) -> None:
        run = self.run(socket.path_params["token"])
        if run.refuse:
            await socket.close(1008)
            return
        self._loop = asyncio.get_running_loop()
        await socket.accept()
        run.sockets.append(socket)
        may_send = asyncio.Event()
        may_send.set()
        sender = asyncio.create_task(self._send(socket, run, may_send))
        try:
            while True:
                text = await socket.receive_text()
                if text == "ok":
                    run.acknowledged += 1
                    may_send.set()
                else:
                    run.received.append(json.loads(text))
        except WebSocketDisconnect:
            pass
        finally:
            sender.cancel()
            run.sockets.remove(socket)

    async def _send(self, socket: WebSocket, run: FakeRun, may_send: asyncio.Event) -> None:
        sent = {"status": -1, "picture": -1, "data": -1}
        serial, rows, unacknowledged = -1, 0, run.frames_sent - run.acknowledged
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            while True:
                await may_send.wait()
                if run.raw:
                    await socket.send_bytes(run.raw.pop(0))
                    continue
                if serial != run.serial:
                    serial, rows, sent = run.serial, 0, {"status": -1, "picture": -1, "data": -1}
                new = {name: sent[name] != version for name, version in run.versions.items()}
                total = len(run.rows)
                if not run.status or (not any(new.values()) and rows == total):
                    await asyncio.sleep(0.002)
                    continue
                sent = dict(run.versions)
                values = np.asarray(run.rows[rows:total], dtype="<f8").tobytes()
                message = frame(
                    serial,
                    rows,
                    values,
                    json.dumps(run.status).encode() if new["status"] else b"",
                    run.picture if new["picture"] else b"",
                    run.data if new["data"] else b"",
                )
                rows = total
                may_send.clear()
                run.frames_sent += 1
                run.most_unacknowledged = max(
                    run.most_unacknowledged, run.frames_sent - run.acknowledged - unacknowledged
                )
                await socket.send_bytes(message)


def status(**changes: Any) -> dict[str, Any]:
    """A status with every field, ready at epoch 0."""
    latest = dict.fromkeys(COLUMNS)
    return {
        "run": "a", "state": "ready", "message": "", "epoch": 0, "epochs": 200, "batch": 0, "batches": 6,
        "steps_per_second": None, "seconds_left": None, "place": 0, "columns": COLUMNS, "latest": latest,
        "metric": "accuracy", "metric_label": "Accuracy", "device": "cpu", "device_label": "CPU", "parameters": 33,
        **changes,
    }  # fmt: skip


def plane_view(kind: str = "probability", **changes: Any) -> dict[str, Any]:
    """A view over two features."""
    return {
        "kind": kind, "x": 0, "y": 1, "x_label": "x1", "y_label": "x2",
        "x_range": [-1.5, 1.5], "y_range": [-1.5, 1.5], "value_range": [0.0, 1.0], **changes,
    }  # fmt: skip


class Circles:
    """A 2-8-1 tanh network learning two circles, in NumPy, and its pictures."""

    def __init__(self, seed: int = 0, samples: int = 300) -> None:
        chance = np.random.default_rng(seed)
        angle = chance.uniform(0, 2 * np.pi, samples)
        self.target = (np.arange(samples) % 2).astype("float32")
        radius = np.where(self.target == 1, 0.5, 1.0)
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
        self.points = points + chance.normal(0, 0.1, points.shape)
        self.part = chance.choice(3, samples, p=[0.6, 0.2, 0.2]).astype("uint8")
        self.weights = [
            chance.normal(0, 0.8, (2, 8)), np.zeros(8), chance.normal(0, 0.5, (8, 1)), np.zeros(1)
        ]  # fmt: skip
        self.moments = [[np.zeros_like(w), np.zeros_like(w)] for w in self.weights]
        self.steps = 0
        side = np.linspace(-1.5, 1.5, 100)
        across, up = np.meshgrid(side, side[::-1])
        self.grid = np.stack([across.ravel(), up.ravel()], 1)

    def probability(self, points: np.ndarray) -> np.ndarray:
        """Probability of the second class, [n]."""
        first, first_bias, second, second_bias = self.weights
        return 1 / (1 + np.exp(-(np.tanh(points @ first + first_bias) @ second + second_bias)[:, 0]))

    def epoch(self, learning_rate: float = 0.02) -> None:
        """One full-batch Adam step."""
        first, first_bias, second, second_bias = self.weights
        chosen = self.part == 0
        points, target = self.points[chosen], self.target[chosen]
        hidden = np.tanh(points @ first + first_bias)
        out = 1 / (1 + np.exp(-(hidden @ second + second_bias)[:, 0]))
        error = ((out - target) / len(target))[:, None]
        back = error @ second.T * (1 - hidden**2)
        gradients = [points.T @ back, back.sum(0), hidden.T @ error, error.sum(0)]
        self.steps += 1
        for weight, moment, gradient in zip(self.weights, self.moments, gradients, strict=True):
            moment[0] = 0.9 * moment[0] + 0.1 * gradient
            moment[1] = 0.999 * moment[1] + 0.001 * gradient**2
            scale = np.sqrt(moment[1] / (1 - 0.999**self.steps)) + 1e-8
            weight -= learning_rate * moment[0] / (1 - 0.9**self.steps) / scale

    def row(self) -> list[float]:
        """A line of the history."""
        losses, accuracies = [], []
        for part in (0, 1):
            chosen = self.part == part
            out, target = self.probability(self.points[chosen]).clip(1e-9, 1 - 1e-9), self.target[chosen]
            losses.append(float(-np.mean(target * np.log(out) + (1 - target) * np.log(1 - out))))
            accuracies.append(float(np.mean((out > 0.5) == target)))
        return [self.steps, 0.02, *losses, *accuracies]

    def data_section(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Header and arrays of the points."""
        header = {
            "view": plane_view(), "task": "binary", "classes": ["outer", "inner"], "features": ["x1", "x2"],
            "target": "ring", "sampled": False, "rows": len(self.target),
        }  # fmt: skip
        x, y = self.points.astype("float32").T
        return header, {"x": x.copy(), "y": y.copy(), "target": self.target, "part": self.part}

    def picture_section(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Header and arrays of the picture."""
        values = (self.probability(self.grid) * 255).round().astype("uint8").reshape(100, 100)
        weights = np.concatenate([self.weights[0].T.ravel(), self.weights[2].T.ravel()]).astype("float32")
        return {"epoch": self.steps, "view": plane_view(), "neurons": []}, {"map": values, "weights": weights}


def show_circles(run: FakeRun, circles: Circles, **changes: Any) -> None:
    """Puts data, picture, history and status of `circles` on the board."""
    latest = dict(zip(COLUMNS, run.rows[-1], strict=True)) if run.rows else dict.fromkeys(COLUMNS)
    run.set_data(*circles.data_section())
    run.set_picture(*circles.picture_section())
    run.set_status(**status(epoch=circles.steps, latest=latest, **changes))
