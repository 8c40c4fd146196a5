"""Gets a process ready to train: everything is imported, and one small run was done."""

from __future__ import annotations

import gc
import importlib
import os

# Asked for through the driver's library instead of the CUDA runtime, the question whether there is CUDA
# does not bind this process to it; a process forked from a bound one could not use CUDA.
os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")

PROJECT = {
    "version": 1,
    "name": "Warm-up",
    "data": {"source": {"kind": "circles", "samples": 60}, "validation": 0.2, "test": 0.2},
    "network": {"layers": [{"kind": "linear", "units": 4}, {"kind": "relu"}, {"kind": "linear", "units": 1}]},
    "training": {"loss": {"kind": "bce_with_logits"}, "optimizer": {"kind": "adam"}, "epochs": 2, "batch_size": 20},
}


def warm_up() -> None:
    """Import what a run needs and train a tiny network: the first step of an optimizer imports for a second.

    Nothing here asks for a device: a launcher that has touched CUDA could not fork workers that use it.
    """
    import torch

    torch.set_num_threads(1)

    from nnbuilder.build import build_model
    from nnbuilder.data.prepare import prepare
    from nnbuilder.spec import read
    from nnbuilder.training.loop import predict, train
    from nnbuilder.training.state import Control, Tensors, loss_target

    importlib.import_module("nnbuilder.engine.worker")
    project = read(PROJECT)
    prepared = prepare(project.data)
    model = build_model(project.network, prepared.facts)
    parts = []
    for part in ("train", "validation"):
        labels = torch.from_numpy(prepared.target[part])
        inputs = torch.from_numpy(prepared.features[part])
        parts += [inputs, loss_target(labels, project.training.loss_row.target), labels]
    control = Control(model, Tensors(*parts), project.training, [24, 24])
    for _ in train(model, Tensors(*parts), control):
        predict(model, parts[0])
    del model, control, parts
    gc.collect()
    # What is there now stays: a collection in a worker shall not touch, and so copy, the pages it shares.
    gc.freeze()
