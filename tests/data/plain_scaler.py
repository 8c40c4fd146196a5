"""What scaling of plain numbers is, written out: the oracle of the pipeline, which must give the same bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnbuilder.errors import NNBuilderError


@dataclass(frozen=True)
class Scaler:
    """``(x − center) / scale`` for each feature, in float64, then rounded to float32.

    Training and prediction both go through `apply`, so a row gets the same bits in both.
    """

    kind: str
    center: tuple[float, ...]
    scale: tuple[float, ...]

    def apply(self, raw: ArrayLike) -> NDArray[np.float32]:
        """Scaled rows, float32 [n, inputs], of `raw` [n, inputs] in data units.

        Raises
        ------
        NNBuilderError
            If the rows do not have one number for each feature.
        """
        rows = np.asarray(raw, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.center):
            raise NNBuilderError(
                f"Rows for this network need {len(self.center)} numbers each, but the shape given is {rows.shape}; "
                f"give a list of rows with {len(self.center)} numbers."
            )
        return ((rows - np.array(self.center)) / np.array(self.scale)).astype(np.float32)

    def invert(self, scaled: ArrayLike) -> NDArray[np.float64]:
        """Rows in data units, float64 [n, inputs], of scaled ones."""
        return np.asarray(scaled, dtype=np.float64) * np.array(self.scale) + np.array(self.center)

    def to_json(self) -> dict[str, Any]:
        """The scaler as plain data; every float survives JSON exactly."""
        return {"kind": self.kind, "center": list(self.center), "scale": list(self.scale)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Scaler:
        """The inverse of `to_json`."""
        return cls(document["kind"], _floats(document["center"]), _floats(document["scale"]))


def fit(kind: str, train: NDArray[np.float64]) -> Scaler:
    """The scaler called `kind` (none, standard, minmax or robust), fitted on training rows [n, inputs]."""
    inputs = train.shape[1]
    if kind == "none":
        return Scaler(kind, (0.0,) * inputs, (1.0,) * inputs)
    # scikit-learn takes a second to import, and unscaled data need none of it.
    from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

    if kind == "standard":
        standard = StandardScaler().fit(train)
        return Scaler(kind, _floats(standard.mean_), _floats(standard.scale_))
    if kind == "minmax":
        minmax = MinMaxScaler().fit(train)
        # `scale_` there multiplies, and is already safe for features that never vary.
        return Scaler(kind, _floats(minmax.data_min_), _floats(1 / minmax.scale_))
    if kind == "robust":
        robust = RobustScaler().fit(train)
        return Scaler(kind, _floats(robust.center_), _floats(robust.scale_))
    raise NNBuilderError(f'data.scaling: "{kind}" is not known; choose none, standard, minmax or robust.')


def _floats(numbers: Any) -> tuple[float, ...]:
    return tuple(float(number) for number in np.asarray(numbers))
