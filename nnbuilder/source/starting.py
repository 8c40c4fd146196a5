"""The weights that some layers of a network start from, as the file that a training script reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnbuilder.facts import DataFacts
from nnbuilder.spec import Network

if TYPE_CHECKING:
    from torch import Tensor

    from nnbuilder.store.weights import Weights


def start_weights(network: Network, facts: DataFacts, weights: Weights | None = None) -> dict[str, Tensor]:
    """What belongs into ``start.pth``: the tensors of all layers that start from a file, by their names here.

    Empty where none does; `nnbuilder.source.data.Code.starts` says whether a script wants the file.

    Parameters
    ----------
    weights
        Where the files are; those beside the store if left out.

    Raises
    ------
    StoreError
        If a file is not here, is damaged, or has other shapes.
    """
    from nnbuilder.build import build_model, start_from_files

    model = build_model(network, facts)
    start_from_files(model, network, weights)
    places = {str(place) for place, (_, layer) in enumerate(network.active) if layer.from_file}
    return {name: tensor for name, tensor in model.state_dict().items() if name.split(".")[0] in places}
