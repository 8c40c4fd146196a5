"""The sample files in ``sample_data/``: what each is about, and how it opens in one click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from nnbuilder.facts import Task

FOLDER = Path(__file__).parents[2] / "sample_data"


@dataclass(frozen=True)
class Sample:
    """A sample file and the choices it opens with.

    `target` and `ignore` name columns as the file's header does. `features` is ``"all"`` for every column
    that is neither target nor ignored. `kind` ``"images"`` says that the features are the gray values of
    square pictures, `side` pixels high and wide, row after row.
    """

    key: str
    file: str
    title: str
    help: str
    target: str
    task: Task
    features: tuple[str, ...] | Literal["all"] = "all"
    ignore: tuple[str, ...] = ()
    kind: Literal["table", "images"] = "table"
    side: int = 0

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return FOLDER / self.file

    def chosen(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """The features among the file's `columns`, in the order of the file."""
        if self.features != "all":
            return tuple(name for name in columns if name in self.features)
        return tuple(name for name in columns if name != self.target and name not in self.ignore)


_ROWS = (
    Sample(
        key="iris",
        file="iris.csv",
        title="Iris",
        help="Tell three species of iris apart by four lengths: the classic first data set.",
        target="species",
        task="multiclass",
    ),
    Sample(
        key="penguins",
        file="penguins.csv",
        title="Penguins",
        help="Three species of penguin, with categories and missing values to decide about.",
        target="species",
        task="multiclass",
        ignore=("year",),
    ),
    Sample(
        key="wine",
        file="wine.csv",
        title="Wine",
        help="Thirteen measurements of very different size name the grower: see what scaling is for.",
        target="cultivar",
        task="multiclass",
    ),
    Sample(
        key="breast_cancer",
        file="breast_cancer.csv",
        title="Breast cancer",
        help="Benign or malignant: thirty features, and two kinds of error that do not weigh the same.",
        target="diagnosis",
        task="binary",
    ),
    Sample(
        key="diabetes",
        file="diabetes.csv",
        title="Diabetes",
        help="Predict how far a disease gets in a year; the data allow about half of it and no network more.",
        target="progression",
        task="regression",
    ),
    Sample(
        key="digits",
        file="digits.csv",
        title="Digits 8 × 8",
        help="Handwritten digits as 64 pixels each: ten classes, and inputs that can be looked at.",
        target="digit",
        task="multiclass",
        kind="images",
        side=8,
    ),
    Sample(
        key="rent",
        file="rent.csv",
        title="Rent",
        help="Rent from size and age of a flat: one neuron finds the three numbers the data were made with.",
        target="rent",
        task="regression",
    ),
    Sample(
        key="bikes",
        file="bikes.csv",
        title="Bike rentals",
        help="Bicycles rented a day: dates, weekdays, weather and a temperature that can be too high as well.",
        target="rentals",
        task="regression",
    ),
    Sample(
        key="failures",
        file="failures.csv",
        title="Machine failures",
        help="One machine in twelve fails: why accuracy deceives, and what class weights repair.",
        target="failure",
        task="binary",
        ignore=("machine_id",),
    ),
    Sample(
        key="messy",
        file="messy.csv",
        title="Messy survey",
        help="A survey as it comes out of an office, with a dozen faults to find before any network learns from it.",
        target="recommends",
        task="binary",
        ignore=("customer_id", "visit date"),
    ),
)

SAMPLES: Mapping[str, Sample] = MappingProxyType({row.key: row for row in _ROWS})
"""The samples by key, in the order they are shown."""
