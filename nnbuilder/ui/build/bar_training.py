"""The line of training settings under the transport bar, and what is folded away behind “More”."""

from __future__ import annotations

import streamlit as st

from nnbuilder.catalog import settings as own
from nnbuilder.catalog.losses import LOSSES
from nnbuilder.catalog.metrics import METRICS, metrics_for
from nnbuilder.catalog.optimizers import OPTIMIZERS
from nnbuilder.catalog.schedules import EARLY_STOPPING, SCHEDULERS
from nnbuilder.fields import Field
from nnbuilder.ui.session import change
from nnbuilder.ui.state import Desk
from nnbuilder.ui.widgets import component_editor, field_grid, field_widget, kind_picker, log_choice

FIELDS: dict[str, Field] = {item.name: item for item in own.TRAINING}
RATES = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
BATCHES = (0, 1, 2, 5, 10, 16, 20, 32, 50, 64, 128, 256, 512)
FULL: dict[float, str] = {0: "full batch"}


def bar(desk: Desk) -> None:
    """Learning rate, optimizer, batches, epochs, loss, metric, device; the rest in a popover."""
    training = desk.project.training
    with st.container(horizontal=True, vertical_alignment="bottom", key="training-bar", gap="small"):
        rate = training.optimizer_row.field("learning_rate")
        log_choice(
            desk, "training.optimizer.learning_rate", rate, training.optimizer["learning_rate"], RATES, width=108
        )
        kind_picker(desk, "training.optimizer", OPTIMIZERS, training.optimizer.kind, label="Optimizer", width=128)
        log_choice(
            desk, "training.batch_size", FIELDS["batch_size"], training.batch_size, BATCHES, words=FULL, width=112
        )
        field_widget(desk, "training.epochs", FIELDS["epochs"], training.epochs, problems=False, width=116)
        kind_picker(desk, "training.loss", LOSSES, training.loss.kind, label="Loss", width=196)
        _metric(desk)
        _device(desk)
        with st.popover("More", icon=":material/tune:", key="more"), st.container(gap="xsmall"):
            _more(desk)


def _more(desk: Desk) -> None:
    training = desk.project.training
    st.caption(f"{training.optimizer_row.label}: {training.optimizer_row.help}")
    component_editor(desk, "training.optimizer", OPTIMIZERS, training.optimizer, skip=("learning_rate",), kind=False)
    if training.loss_row.fields:
        st.caption(f"{training.loss_row.label}: {training.loss_row.help}")
        component_editor(desk, "training.loss", LOSSES, training.loss, kind=False)
    left, right = st.columns(2)
    with left:
        component_editor(desk, "training.scheduler", SCHEDULERS, training.scheduler, label="Learning rate schedule")
    with right:
        component_editor(
            desk, "training.early_stopping", EARLY_STOPPING, training.early_stopping, label="Early stopping"
        )
    st.caption("Penalties, seeds and order")
    field_grid(desk, "training", [FIELDS[name] for name in ("gradient_clip", "l1", "l2")], vars(training), columns=3)
    weight_seed, training_seed, shuffle = st.columns(3, vertical_alignment="bottom")
    with weight_seed:
        field_widget(desk, "network.seed", own.NETWORK[0], desk.project.network.seed)
    with training_seed:
        field_widget(desk, "training.seed", FIELDS["seed"], training.seed)
    with shuffle:
        field_widget(desk, "training.shuffle", FIELDS["shuffle"], training.shuffle)


def _metric(desk: Desk) -> None:
    """The metric of the task; one of another task stays in the list until it is replaced."""
    path, value = "training.metric", desk.project.training.metric
    rows = metrics_for(desk.facts.task)
    options = ["", *(row.key for row in rows)]
    if value not in options:
        options.append(value)
    labels: dict[str, str] = {"": rows[0].label, **{key: row.label for key, row in METRICS.items()}}
    # The usual metric stands for itself, so it is listed once.
    options = [key for key in options if key != rows[0].key]
    # A key for each task: the browser would hold on to the label of a metric that the new task does not know.
    key = f"{desk.key_of(path)} for {desk.facts.task}"
    shown = desk.seed(key, "" if value == rows[0].key else value)
    st.selectbox(
        "Metric",
        options,
        index=options.index(shown) if shown in options else 0,
        format_func=lambda name: str(labels.get(name, name)),
        key=key,
        help=FIELDS["metric"].help,
        on_change=lambda: _set(path, st.session_state[key]),
        width=148,
    )


def _device(desk: Desk) -> None:
    """Every device by name; one that is not there can be seen and says why when it is picked."""
    path, value = "training.device", desk.project.training.device
    devices = {device.key: device for device in desk.backend.devices()}
    options = list(dict.fromkeys(["auto", *devices, value]))

    def label(name: str) -> str:
        device = devices.get(name)
        if device is None:
            return {"auto": "Automatic"}.get(name, name)
        return device.label if device.available else f"{device.label} – not available"

    key = desk.key_of(path)
    typed = desk.seed(key, value)
    if typed not in options:
        options.append(typed)

    def commit() -> None:
        chosen = st.session_state[key]
        device = devices.get(chosen)
        if device is None or device.available:
            _set(path, chosen)
            return
        reason = f"{device.label} cannot be used because {device.reason}; choose Automatic."
        change(lambda now: now.refuse(path, chosen, reason, "auto"))

    st.selectbox(
        "Device",
        options,
        index=options.index(typed),
        format_func=label,
        key=key,
        help="Where the arithmetic is done.",
        on_change=commit,
        width=132,
    )


def _set(path: str, value: str) -> None:
    change(lambda now: now.set(path, value, FIELDS[path.rsplit(".", 1)[-1]]))
