"""What a browser gets of the download route, over real HTTP."""

from __future__ import annotations

import http.client
import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from nnbuilder.errors import NNBuilderError
from nnbuilder.live.downloads import MOST_A_TOKEN, MOST_AT_ONCE, Download, UnknownKind, disposition
from nnbuilder.live.hub import Hub
from tests.engine.harness import until
from tests.live.harness import Server, StillEngine

CONTENT = bytes(range(256)) * 100


@dataclass
class Maker:
    """Makes the files a test asks for, and remembers who asked for what in which thread."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    folder: Path = Path()
    gate: threading.Event = field(default_factory=threading.Event)
    busy: int = 0
    most_busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, project_id: str, kind: str, tell: Callable[[str], None]) -> Download:
        tell(f"Making {kind}…")
        with self.lock:
            self.asked.append((project_id, kind))
            self.threads.add(threading.current_thread().name)
            self.busy += 1
            self.most_busy = max(self.busy, self.most_busy)
        try:
            return self._made(kind)
        finally:
            with self.lock:
                self.busy -= 1

    def _made(self, kind: str) -> Download:
        match kind:
            case "model":
                return Download("net-model.pth", CONTENT, checked="Loaded: 100 % the same – to the last bit.")
            case "text":
                return Download("Häuser – 1.json", b"{}", "application/json")
            case "large":
                path = self.folder / "large.csv"
                path.write_bytes(CONTENT)
                return Download("rows.csv", path, "text/csv")
            case "held":
                assert self.gate.wait(20)
                return Download("held.bin", b"held")
            case "unready":
                raise NNBuilderError("There are no weights yet; press Train.")
            case "broken":
                raise PermissionError(13, "Permission denied", "/secret/place")
        raise UnknownKind


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def message(self) -> str:
        document = json.loads(self.body)
        assert list(document) == ["message"]
        return document["message"]


class Stage:
    """A server with a maker."""

    def __init__(self) -> None:
        self.maker = Maker()
        self.server = Server(self._hub, lambda *asked: self.maker(*asked))

    @asynccontextmanager
    async def _hub(self):
        hub = Hub(StillEngine())  # type: ignore[arg-type]
        yield hub
        await hub.close()

    def token(self, project_id: str = "project", holder: str = "") -> str:
        return self.server.hub.grant(project_id, holder)

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=named)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def file(self, kind: str, token: str | None = None, **headers: str) -> Answer:
        return self.get(f"/download/{token or self.token()}/{kind}", **headers)


@pytest.fixture(scope="module")
def served() -> Iterator[Stage]:
    stage = Stage()
    with stage.server:
        yield stage


@pytest.fixture
def stage(served: Stage) -> Stage:
    served.maker = Maker()
    return served


def test_a_file_comes_whole_under_its_name(stage: Stage):
    answer = stage.file("model", stage.token("P1"))
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers.get_filename() == "net-model.pth"
    assert answer.headers.get_content_disposition() == "attachment"
    assert stage.maker.asked == [("P1", "model")]
    # Not on the event loop, which serves everyone.
    assert all(name.startswith("download") for name in stage.maker.threads)


def test_a_file_on_the_disk_comes_whole_and_is_removed(stage: Stage, tmp_path: Path):
    stage.maker.folder = tmp_path
    answer = stage.file("large", stage.token("P1"))
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers.get_filename() == "rows.csv"
    assert answer.headers.get_content_type() == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    until(lambda: not list(tmp_path.iterdir()), "the file to be removed")


def test_every_answer_stays_out_of_caches_and_is_no_page(stage: Stage):
    token = stage.token()
    for answer in (
        *(stage.file(kind, token) for kind in ("model", "text", "unready", "none")),
        stage.file("model", "x"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_token_alone_names_the_project(stage: Stage):
    stage.file("model", stage.token("one", "a"))
    stage.file("model", stage.token("two", "a"))
    assert stage.maker.asked == [("one", "model"), ("two", "model")]


@pytest.mark.parametrize("token", ["wrong", "x" * 43, "..", "%2e%2e", "%00"])
def test_an_unknown_token_is_told_to_reload(stage: Stage, token: str):
    answer = stage.file("model", token)
    assert answer.status == 404
    assert "reload" in answer.message
    assert stage.maker.asked == []


def test_an_unknown_kind_is_not_found(stage: Stage):
    answer = stage.file("zip")
    assert answer.status == 404
    assert "no file of this kind" in answer.message


def test_what_cannot_be_made_now_says_why(stage: Stage):
    answer = stage.file("unready")
    assert (answer.status, answer.message) == (409, "There are no weights yet; press Train.")
    assert "Content-Disposition" not in answer.headers


def test_an_error_in_the_program_is_one_sentence_and_the_log_has_the_trace(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING):
        answer = stage.file("broken")
    assert answer.status == 500
    assert "PermissionError" in answer.message
    assert "secret" not in answer.message
    (record,) = [record for record in caplog.records if record.exc_info]
    assert record.exc_info and isinstance(record.exc_info[1], PermissionError)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_another_site_gets_nothing(stage: Stage, headers: dict[str, str]):
    answer = stage.file("model", **headers)
    assert answer.status == 403
    assert stage.maker.asked == []
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_own_page_and_a_typed_address_get_the_file(stage: Stage):
    own = {"Origin": f"http://127.0.0.1:{stage.server.port}", "Sec_Fetch_Site": "same-origin"}
    assert stage.file("model", **own).status == 200
    assert stage.file("model", Sec_Fetch_Site="none").status == 200


def test_only_get_is_answered(stage: Stage):
    token = stage.token()
    assert stage.get(f"/download/{token}/model", "POST").status == 405
    assert stage.maker.asked == []


def test_a_visitor_has_a_few_files_made_at_once_and_is_told_of_more(stage: Stage):
    token = stage.token("busy")
    with ThreadPoolExecutor(MOST_A_TOKEN) as clicks:
        held = [clicks.submit(stage.file, "held", token) for _ in range(MOST_A_TOKEN)]
        until(lambda: stage.maker.busy == min(MOST_A_TOKEN, MOST_AT_ONCE), "files are being made")
        refused = stage.file("model", token)
        stage.maker.gate.set()
        assert [one.result(30).body for one in held] == [b"held"] * MOST_A_TOKEN
    assert refused.status == 429
    assert "wait" in refused.message
    assert stage.file("model", token).status == 200


def test_what_is_done_about_a_file_is_told_while_it_is_made_and_to_its_visitor_only(stage: Stage):
    token = stage.token("curious")

    def words(whose: str = token) -> str:
        return json.loads(stage.get(f"/download/{whose}/held?progress").body)["words"]

    assert words() == ""
    with ThreadPoolExecutor(1) as clicks:
        held = clicks.submit(stage.file, "held", token)
        until(lambda: words() == "Making held…", "the words to be told")
        assert words(stage.token("other")) == ""
        stage.maker.gate.set()
        assert held.result(30).status == 200
    assert words() == ""
    assert stage.get("/download/wrong/held?progress").status == 404


def test_what_was_checked_comes_with_the_file(stage: Stage):
    assert unquote(stage.file("model").headers["X-Checked"]) == "Loaded: 100 % the same – to the last bit."
    assert "X-Checked" not in stage.file("text").headers


def test_others_wait_for_their_turn(stage: Stage):
    visitors = 2 * MOST_AT_ONCE
    tokens = [stage.token(f"crowd {number}") for number in range(visitors)]
    with ThreadPoolExecutor(visitors) as clicks:
        held = [clicks.submit(stage.file, "held", token) for token in tokens]
        until(lambda: stage.maker.busy == MOST_AT_ONCE, "as many files as may be are being made")
        # The server answers others in the meantime.
        assert stage.file("model", "wrong").status == 404
        stage.maker.gate.set()
        assert [one.result(30).status for one in held] == [200] * visitors
    assert stage.maker.most_busy == MOST_AT_ONCE


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("net-model.pth", "net-model.pth"),
        ("Häuser – 1.json", "H_user _ 1.json"),
        ("100 % 'sure'; (x)*.pth", "100 % 'sure'; (x)*.pth"),
    ],
)
def test_names_are_told_in_ascii_and_exactly(name: str, plain: str):
    message = Message()
    message["Content-Disposition"] = disposition(name)
    assert message["Content-Disposition"].isascii()
    # The standard library decodes filename*; the plain form comes first in the header.
    assert dict(_parameters(message))["filename"] == plain
    exact: Any = dict(_parameters(message))["filename*"]
    charset, _, text = exact
    assert charset == "UTF-8"
    assert text.encode("latin-1").decode("utf-8") == name


def test_a_name_cannot_leave_its_folder_or_the_header():
    header = disposition('../a\\b"c\r\nSet-Cookie: x\0.pth')
    assert header.isprintable()
    assert "\\" not in header and "/" not in header
    assert header.count('"') == 2


def test_a_name_beyond_ascii_comes_through(stage: Stage):
    answer = stage.file("text")
    assert answer.headers["Content-Type"] == "application/json"
    assert "filename*=UTF-8''H%C3%A4user%20%E2%80%93%201.json" in answer.headers["Content-Disposition"]


def _parameters(message: Message) -> list[tuple[str, Any]]:
    """The parameters of the header as RFC 2231 has them read, both forms of the name apart."""
    plain, exact = message["Content-Disposition"].split("; filename*=")
    one, other = Message(), Message()
    one["Content-Disposition"] = plain
    other["Content-Disposition"] = f"attachment; filename*={exact}"
    return [
        ("filename", one.get_param("filename", header="Content-Disposition")),
        ("filename*", other.get_param("filename", header="Content-Disposition")),
    ]
