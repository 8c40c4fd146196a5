"""The settings of a project that belong to no component: fields of the data, network and training parts."""

from __future__ import annotations

from nnbuilder.catalog.table_fields import Terms
from nnbuilder.fields import Choice, Flag, Integer, Real, Text

SEED_LIMIT = 2**31 - 1


def _seed(name: str, label: str, help: str, default: int = 0) -> Integer:
    return Integer(name=name, label=label, help=help, default=default, minimum=0, maximum=SEED_LIMIT)


PROJECT = (Text(name="name", label="Name", help="What the project is called.", default="My network"),)

DATA = (
    Choice(
        name="scaling",
        label="Scaling",
        help="How the inputs are brought to one scale; fitted on the training rows only.",
        default="none",
        options=(
            ("none", "None"),
            ("standard", "Standard: mean 0, deviation 1"),
            ("minmax", "Min–max: 0 to 1"),
            ("robust", "Robust: median 0, quartile range 1"),
        ),
    ),
    Terms(
        name="terms",
        label="Extra inputs",
        help="Squares, sines, products and powers of columns, as inputs of their own.",
        default=[],
    ),
    Real(
        name="validation",
        label="Validation share",
        help="Share of the rows watched while training, never learned from.",
        default=0.2,
        minimum=0.0,
        maximum=0.9,
    ),
    Real(
        name="test",
        label="Test share",
        help="Share of the rows kept for the very end.",
        default=0.0,
        minimum=0.0,
        maximum=0.9,
    ),
    Flag(
        name="stratify",
        label="Stratify",
        help="Keep the shares of the classes the same in every part.",
        default=True,
    ),
    _seed("split_seed", "Split seed", "Which rows go where."),
)

NETWORK = (_seed("seed", "Weight seed", "Which first weights are drawn."),)

LAYER = (
    Integer(
        name="thaw_after",
        label="Thaw after",
        help="Epochs after which a frozen layer learns, too, counted from the start of the run; 0 keeps it frozen.",
        default=0,
        minimum=0,
        maximum=1_000_000,
    ),
    Real(
        name="rate_factor",
        label="Rate factor",
        help="Times the learning rate is what this layer learns with; below 1 keeps learned weights near their start.",
        default=1.0,
        minimum=0.0,
        maximum=1000.0,
        open_minimum=True,
    ),
)
"""How a layer with weights learns; its kind and what that kind asks for are rows of the layer table."""

TRAINING = (
    Integer(
        name="epochs",
        label="Epochs",
        help="How often all training rows are gone through.",
        default=100,
        minimum=1,
        maximum=1_000_000,
    ),
    Integer(
        name="batch_size",
        label="Batch size",
        help="Rows a step; 0 takes all training rows at once.",
        default=32,
        minimum=0,
        maximum=10_000_000,
    ),
    Flag(name="shuffle", label="Shuffle", help="Draw a new order of the rows for every epoch.", default=True),
    Real(
        name="gradient_clip",
        label="Gradient clipping",
        help="Longest gradient a step may follow (its norm); 0 is no limit.",
        default=0.0,
        minimum=0.0,
        maximum=1e6,
    ),
    Real(
        name="l1",
        label="L1 penalty",
        help="Adds this times the sum of the weights' sizes to the loss: drives weights to exactly 0.",
        default=0.0,
        minimum=0.0,
        maximum=100.0,
    ),
    Real(
        name="l2",
        label="L2 penalty",
        help="Adds this times the sum of the squared weights to the loss: keeps weights small.",
        default=0.0,
        minimum=0.0,
        maximum=100.0,
    ),
    Text(
        name="metric",
        label="Metric",
        help="The number shown beside the loss; empty takes the usual one of the task.",
        default="",
        longest=40,
    ),
    Text(
        name="device",
        label="Device",
        help="Where the arithmetic is done: auto, cpu, cuda:0 and so on, or mps.",
        default="auto",
        longest=20,
    ),
    _seed("seed", "Training seed", "Which order and which dropped units are drawn."),
)
