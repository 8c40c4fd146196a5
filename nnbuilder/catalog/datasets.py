"""The data sets that are made on the spot, one row each."""

from __future__ import annotations

from nnbuilder.catalog.dataset_rules import (
    MOST_CLASSES,
    MOST_FEATURES,
    MOST_ROWS,
    DataSetRow,
    blobs_arguments,
    classification,
    classification_arguments,
    classification_rules,
    points_for_classes,
    quantiles_arguments,
    regression,
    regression_arguments,
    swiss_roll,
)
from nnbuilder.catalog.row import Table
from nnbuilder.fields import Choice, Field, Flag, Integer, Real

# Fields that many rows share


def _samples(default: int) -> Integer:
    return Integer(
        name="samples",
        label="Points",
        help="How many rows the data set has, before it is split into training, validation and test.",
        default=default,
        minimum=10,
        maximum=MOST_ROWS,
        argument="n_samples",
    )


def _noise(
    default: float, maximum: float, text: str = "How far the points are scattered (standard deviation)."
) -> Real:
    return Real(name="noise", label="Noise", help=text, default=default, minimum=0.0, maximum=maximum)


def _seed(default: int = 0) -> Integer:
    return Integer(
        name="seed",
        label="Seed",
        help="Starts the random numbers: the same seed gives the same points again.",
        default=default,
        minimum=0,
        maximum=2**31 - 1,
        argument="random_state",
    )


def _features(default: int, minimum: int = 1, text: str = "How many inputs each row has.") -> Integer:
    return Integer(
        name="features",
        label="Features",
        help=text,
        default=default,
        minimum=minimum,
        maximum=MOST_FEATURES,
        argument="n_features",
    )


def _classes(default: int, name: str = "classes", label: str = "Classes", argument: str = "n_classes") -> Integer:
    return Integer(
        name=name,
        label=label,
        help="How many classes there are; the network needs one output for each (one in all for two classes).",
        default=default,
        minimum=2,
        maximum=MOST_CLASSES,
        argument=argument,
    )


def _shuffle() -> Flag:
    return Flag(name="shuffle", label="Shuffle", help="Mix the order of the rows.", default=True)


# The rows, in the order a person meets them

_LECTURE = (
    DataSetRow(
        key="circles",
        label="Circles",
        help="Two rings, one inside the other: no straight line parts them, but one small hidden layer does.",
        group="lecture",
        function="make_circles",
        shape=classification(("x1", "x2"), ("outer", "inner")),
        fields=(
            _samples(300),
            _noise(0.1, 2.0),
            Real(
                name="factor",
                label="Factor",
                help="Radius of the inner ring, as a share of the outer one; near 1 the two rings touch.",
                default=0.5,
                minimum=0.0,
                maximum=1.0,
                open_maximum=True,
            ),
            _shuffle(),
            _seed(2020),
        ),
    ),
    DataSetRow(
        key="blobs",
        label="Blobs",
        help="Round clouds of points around random centers, one class each: the first step to more than two classes.",
        group="lecture",
        function="make_blobs",
        shape=classification(count="centers"),
        rules=points_for_classes("centers"),
        more=blobs_arguments,
        fields=(
            _samples(200),
            _classes(4, "centers", "Centers", "centers"),
            Real(
                name="std",
                label="Spread",
                help="Standard deviation of each cloud; large values make the clouds overlap.",
                default=0.15,
                minimum=0.0,
                maximum=20.0,
                argument="cluster_std",
            ),
            Real(
                name="box",
                label="Box limit",
                help="The centers are drawn between minus and plus this number on every axis.",
                default=1.2,
                minimum=0.0,
                maximum=100.0,
                open_minimum=True,
                argument="",
            ),
            _features(2),
            _shuffle(),
            _seed(2),
        ),
    ),
    DataSetRow(
        key="regression",
        label="Linear regression",
        help="A straight line (or plane) with noise: one Linear layer finds the same numbers as scikit-learn.",
        group="lecture",
        function="make_regression",
        shape=regression(),
        more=regression_arguments,
        fields=(
            _samples(500),
            _features(1),
            Integer(
                name="informative",
                label="Informative",
                help="How many features the target depends on; all of them where there are no more features than this.",
                default=10,
                minimum=1,
                maximum=MOST_FEATURES,
                argument="n_informative",
            ),
            _noise(10.0, 1000.0, "Standard deviation of what is added to the target."),
            Real(
                name="bias",
                label="Bias",
                help="The constant in the formula: the target where all features are 0.",
                default=0.0,
                minimum=-10_000.0,
                maximum=10_000.0,
            ),
            Integer(
                name="effective_rank",
                label="Effective rank",
                help="Ties the features together: about this many directions explain them; 0 leaves them free.",
                default=0,
                minimum=0,
                maximum=MOST_FEATURES,
                argument="",
            ),
            Real(
                name="tail_strength",
                label="Tail strength",
                help="How much is left outside those directions; only with an effective rank.",
                default=0.5,
                minimum=0.0,
                maximum=1.0,
            ),
            _shuffle(),
            _seed(),
        ),
    ),
    DataSetRow(
        key="curve",
        label="Curve x² + 15 sin³x",
        help="A wavy curve without noise: one hidden layer of three bends roughly, more and deeper ones follow it.",
        group="lecture",
        shape=regression("x"),
        fields=(_samples(500), _noise(0.0, 50.0, "Standard deviation of what is added to the target."), _seed(2020)),
    ),
    DataSetRow(
        key="sine",
        label="Sine",
        help="Sine waves over −1 to 1: see how many hidden units each further wave costs.",
        group="lecture",
        shape=regression("x"),
        fields=(
            _samples(300),
            Real(
                name="periods",
                label="Periods",
                help="How many whole waves lie between −1 and 1.",
                default=2.0,
                minimum=0.0,
                maximum=50.0,
                open_minimum=True,
            ),
            _noise(0.1, 5.0, "Standard deviation of what is added to the target."),
            _seed(),
        ),
    ),
    DataSetRow(
        key="rent",
        scaling="standard",
        label="Rent",
        help="rent = 2.5 · size_sqft − 1.5 · age + 1000: one neuron, whose weights and bias mean something.",
        group="lecture",
        shape=regression("size_sqft", "age", target="rent"),
        fields=(_samples(500), _noise(50.0, 5000.0, "Standard deviation of what is added to the rent."), _seed()),
    ),
)
_SCIKIT_LEARN = (
    DataSetRow(
        key="moons",
        label="Moons",
        help="Two half circles that reach into each other: the boundary has to bend twice.",
        group="scikit-learn",
        function="make_moons",
        shape=classification(("x1", "x2"), ("upper", "lower")),
        fields=(_samples(300), _noise(0.1, 2.0), _shuffle(), _seed()),
    ),
    DataSetRow(
        key="classification",
        label="Classification",
        help="Clusters at the corners of a cube, with useless and repeated features and wrong labels if you like.",
        group="scikit-learn",
        function="make_classification",
        shape=classification(),
        rules=classification_rules,
        more=classification_arguments,
        fields=(
            _samples(300),
            _features(2),
            Integer(
                name="informative",
                label="Informative",
                help="How many features tell the classes apart.",
                default=2,
                minimum=1,
                maximum=MOST_FEATURES,
                argument="n_informative",
            ),
            Integer(
                name="redundant",
                label="Redundant",
                help="How many features are mixtures of the informative ones.",
                default=0,
                minimum=0,
                maximum=MOST_FEATURES,
                argument="n_redundant",
            ),
            Integer(
                name="repeated",
                label="Repeated",
                help="How many features are copies of others; those left over are pure noise.",
                default=0,
                minimum=0,
                maximum=MOST_FEATURES,
                argument="n_repeated",
            ),
            _classes(2),
            Integer(
                name="clusters",
                label="Clusters per class",
                help="How many separate clouds make up each class.",
                default=1,
                minimum=1,
                maximum=10,
                argument="n_clusters_per_class",
            ),
            Real(
                name="first_share",
                label="Share of class 0",
                help="Makes the classes uneven: this share of the rows is class 0; 0 makes all classes the same size.",
                default=0.0,
                minimum=0.0,
                maximum=1.0,
                open_maximum=True,
                argument="",
            ),
            Real(
                name="flip",
                label="Wrong labels",
                help="Share of rows whose class is drawn by chance.",
                default=0.01,
                minimum=0.0,
                maximum=1.0,
                argument="flip_y",
            ),
            Real(
                name="separation",
                label="Separation",
                help="How far apart the clusters lie; larger is easier.",
                default=1.0,
                minimum=0.0,
                open_minimum=True,
                maximum=100.0,
                argument="class_sep",
            ),
            Flag(
                name="hypercube",
                label="On a cube",
                help="Put the clusters at the corners of a cube; off moves each to a random distance.",
                default=True,
            ),
            Real(
                name="shift",
                label="Shift",
                help="Moves every feature by this much.",
                default=0.0,
                minimum=-1000.0,
                maximum=1000.0,
            ),
            Real(
                name="scale",
                label="Scale",
                help="Multiplies every feature, after the shift; far from 1 it shows what scaling is for.",
                default=1.0,
                minimum=0.0,
                maximum=1000.0,
                open_minimum=True,
            ),
            _shuffle(),
            _seed(),
        ),
    ),
    DataSetRow(
        key="gaussian_quantiles",
        label="Gaussian quantiles",
        help="One cloud cut into rings of equal size: each ring is a class.",
        group="scikit-learn",
        function="make_gaussian_quantiles",
        shape=classification(),
        rules=points_for_classes("classes"),
        more=quantiles_arguments,
        fields=(
            _samples(300),
            _classes(3),
            _features(2),
            Real(
                name="mean",
                label="Center",
                help="Where the cloud lies on every axis.",
                default=0.0,
                minimum=-1000.0,
                maximum=1000.0,
                argument="",
            ),
            Real(
                name="covariance",
                label="Variance",
                help="How wide the cloud is: the variance on every axis.",
                default=1.0,
                minimum=0.0,
                maximum=1000.0,
                open_minimum=True,
                argument="cov",
            ),
            _shuffle(),
            _seed(),
        ),
    ),
    DataSetRow(
        key="swiss_roll",
        label="Swiss roll",
        help="A rolled-up sheet: predict how far along the roll a point lies.",
        group="scikit-learn",
        function="make_swiss_roll",
        shape=swiss_roll,
        fields=(
            _samples(500),
            _noise(0.0, 10.0),
            Choice(
                name="view",
                label="Features",
                help="Look at the roll from the side (two features) or give all three coordinates.",
                default="side",
                options=(("side", "From the side: x, z"), ("full", "In space: x, y, z")),
                argument="",
            ),
            Flag(name="hole", label="Hole", help="Cut a rectangular hole into the sheet.", default=False),
            _seed(),
        ),
    ),
    DataSetRow(
        key="friedman1",
        label="Friedman 1",
        help="y = 10 sin(π·x1·x2) + 20 (x3 − ½)² + 10·x4 + 5·x5; further features mean nothing.",
        group="scikit-learn",
        function="make_friedman1",
        shape=regression(),
        fields=(
            _samples(500),
            _features(10, minimum=5, text="How many inputs each row has; only the first five matter."),
            _noise(0.0, 100.0, "Standard deviation of what is added to the target."),
            _seed(),
        ),
    ),
    DataSetRow(
        key="friedman2",
        scaling="standard",
        label="Friedman 2",
        help="y = √(x1² + (x2·x3 − 1/(x2·x4))²) with features of very different size: try it without scaling.",
        group="scikit-learn",
        function="make_friedman2",
        shape=regression("x1", "x2", "x3", "x4"),
        fields=(_samples(500), _noise(0.0, 1000.0, "Standard deviation of what is added to the target."), _seed()),
    ),
    DataSetRow(
        key="friedman3",
        scaling="standard",
        label="Friedman 3",
        help="y = arctan((x2·x3 − 1/(x2·x4)) / x1): nearly a step, with features of very different size.",
        group="scikit-learn",
        function="make_friedman3",
        shape=regression("x1", "x2", "x3", "x4"),
        fields=(_samples(500), _noise(0.0, 10.0, "Standard deviation of what is added to the target."), _seed()),
    ),
)


def _playground(key: str, label: str, help: str, samples: int, classes: bool) -> DataSetRow:
    fields: tuple[Field, ...] = (
        _samples(samples),
        _noise(0.0, 50.0, "In percent, as in the TensorFlow Playground."),
        _seed(),
    )
    return DataSetRow(
        key=f"playground_{key}",
        label=label,
        help=help,
        group="playground",
        shape=classification(("x", "y"), ("orange", "blue")) if classes else regression("x", "y", target="value"),
        fields=fields,
    )


_PLAYGROUND = (
    _playground("circle", "Circle", "A blue disk within an orange ring, with a gap between them.", 500, True),
    _playground("xor", "Exclusive or", "Four squares, blue where x and y have the same sign.", 500, True),
    _playground("gauss", "Gaussian", "Two clouds that one straight line parts.", 500, True),
    _playground("spiral", "Spiral", "Two arms wound into each other: the hardest of the classic four.", 500, True),
    _playground("plane", "Plane", "The value is (x + y) / 10: one neuron is enough.", 1200, False),
    _playground("multi_gauss", "Multi gaussian", "Three hills and three pits on a flat ground.", 1200, False),
)

DATASETS: Table[DataSetRow] = Table("data set", (*_LECTURE, *_SCIKIT_LEARN, *_PLAYGROUND))
