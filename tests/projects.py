"""Small projects for the tests."""

from __future__ import annotations

from typing import Any

from nnbuilder.spec import Project, read

HEADS: dict[str, tuple[str, int]] = {
    "circles": ("bce_with_logits", 1),
    "blobs": ("cross_entropy", 4),
    "regression": ("mse", 1),
}


def layers(*items: Any) -> list[dict[str, Any]]:
    """Numbers become Linear layers, names other layers, dicts stay."""
    made = []
    for item in items:
        if isinstance(item, int):
            made.append({"kind": "linear", "units": item})
        else:
            made.append({"kind": item} if isinstance(item, str) else item)
    return made


def project(
    source: str | dict[str, Any] = "circles",
    stack: list[dict[str, Any]] | None = None,
    loss: str | dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    **training: Any,
) -> Project:
    """A project on one of the three kinds of data with sensible settings, changed as asked."""
    document = {"kind": source} if isinstance(source, str) else source
    usual, outputs = HEADS[document["kind"]]
    chosen = loss or usual
    return read(
        {
            "version": 1,
            "name": "test",
            "data": {"source": document, "test": 0.2, **(data or {})},
            "network": {"layers": stack or layers(6, "tanh", outputs)},
            "training": {
                "epochs": 3,
                "batch_size": 32,
                "loss": {"kind": chosen} if isinstance(chosen, str) else chosen,
                "optimizer": {"kind": "adam", "learning_rate": 0.01},
                **training,
            },
        }
    )
