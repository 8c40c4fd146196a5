"""A checkpoint from outside, compared piece by piece with what its project makes, before a run goes on from it.

A trainer is made of the project; it says which tensors of which shape and type there are to be, and what kind of number
each setting is. What the file says is put in its place only where it is of that form, so nothing else gets through.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from nnbuilder.check import check
from nnbuilder.data.facts import describe
from nnbuilder.data.prepare import prepare
from nnbuilder.errors import Edit, NNBuilderError, errors_only
from nnbuilder.loading.beside import compare_beside, few
from nnbuilder.loading.content import Run, finite
from nnbuilder.loading.limits import LARGEST_INTEGER, RefusedFile, shown
from nnbuilder.spec import Project
from nnbuilder.training.devices import pick_device
from nnbuilder.training.history import History
from nnbuilder.training.trainer import Trainer

FORGED = "says of its training what cannot be ({}); it is damaged or was forged, save it again."
MOST_EPOCHS = 10_000_000
LONGEST_MESSAGE = 1000
NEVER_NEGATIVE = {"step", "exp_avg_sq", "max_exp_avg_sq", "exp_inf", "square_avg", "sum", "acc_delta"}
"""What optimizers count, or sum up of squares and sizes."""
RATES = ("lr", "initial_lr", "max_lr", "min_lr")
"""What a schedule changes in a parameter group; all else is as the project says."""


def checked(run: Run) -> tuple[Project, dict[str, Any]]:
    """The project of a run and a checkpoint of it that a worker can go on from.

    Raises
    ------
    RefusedFile
        If the project cannot be trained, or weights or training state do not fit it.
    """
    project = _here(run.project)
    try:
        facts = describe(project.data)
        problems = errors_only(check(without_starts(project), facts))
        if problems:
            raise RefusedFile(f"holds a project that cannot be trained: {problems[0].message}")
        trainer = Trainer(project, prepare(project.data), "cpu", start=False)
    except RefusedFile:
        raise
    except NNBuilderError as error:
        raise RefusedFile(f"holds a project that cannot be trained: {error}") from None
    checkpoint = trainer.checkpoint()
    compare_beside(run.checkpoint, checkpoint)
    checkpoint["state_dict"] = weights(run.checkpoint["state_dict"], checkpoint["state_dict"])
    checkpoint["training_state"] = _State(trainer, run.checkpoint["training_state"]).checked()
    checkpoint["epoch"] = checkpoint["training_state"]["epoch"]
    _prove(checkpoint, project, trainer)
    return project, checkpoint


def _here(project: Project) -> Project:
    """The project on a device of this machine."""
    try:
        pick_device(project.training.device)
    except NNBuilderError:
        return project.edited(Edit("set", "training.device", "auto"))
    return project


def without_starts(project: Project) -> Project:
    """The project with every layer starting fresh: a run that goes on needs none of the files it once began with."""
    fresh = [
        Edit("set", f"network.layers[{place}].weights", {"kind": "fresh"})
        for place, layer in enumerate(project.network.layers)
        if layer.from_file
    ]
    return project.edited(*fresh)


def weights(found: Mapping[Any, Any], wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a file, once they are those that are wanted by name, shape, type and stride.

    Raises
    ------
    RefusedFile
        If some are missing, too many, of another shape or type, or not finite.
    """
    missing = [name for name in wanted if name not in found]
    surplus = [str(name) for name in found if name not in wanted]
    if missing or surplus:
        lacks = f"lacks the weights {few(missing)}" if missing else ""
        has = f"holds the weights {few(surplus)}, which its network has not" if surplus else ""
        raise RefusedFile(f"{' and '.join(filter(None, (lacks, has)))}; save it again from the network they belong to.")
    made = {name: tensor(found[name], own, shown(name)) for name, own in wanted.items()}
    finite(made)
    return made


def tensor(found: Any, own: Tensor, name: str) -> Tensor:
    """A tensor of a file, once it has the shape and type of `own`.

    Raises
    ------
    RefusedFile
        Naming both shapes or types, if not.
    """
    if not isinstance(found, Tensor):
        raise RefusedFile(f"holds no tensor where {name} should be; it is damaged or was forged, save it again.")
    if found.shape != own.shape:
        raise RefusedFile(
            f"holds {name} in the shape {list(found.shape)}, but its network has {list(own.shape)} there; save it "
            "again."
        )
    if found.dtype != own.dtype:
        raise RefusedFile(f"holds {name} as {_type(found)}, but its network has {_type(own)} there; save it as that.")
    if found.stride() != own.stride():
        found = found.contiguous()
    return found.clone()


def _type(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


class _State:
    """The training state of a file beside that of a trainer that was just made."""

    def __init__(self, trainer: Trainer, found: Mapping[str, Any]) -> None:
        self.trainer, self.control, self.found = trainer, trainer.control, found
        self.own = trainer.control.state_dict()

    def checked(self) -> dict[str, Any]:
        """The training state, every piece of it of the form it is to have."""
        for name in self.own:
            if name not in self.found:
                raise RefusedFile(FORGED.format(f"{name} is missing"))
        control, state = self.control, dict(self.own)
        epoch = state["epoch"] = self.whole("epoch", 0, MOST_EPOCHS)
        state["target_epoch"] = self.whole("target_epoch", epoch, 2 * MOST_EPOCHS)
        state["best_epoch"] = self.whole("best_epoch", 0, epoch)
        size = state["batch_size"] = self.whole("batch_size", 1, max(control.rows, 10_000_000))
        done = state["batch"] = self.whole("batch", 0, max(0, math.ceil(control.rows / size) - 1))
        for name in ("first_loss", "best_value"):
            state[name] = self.real(self.found[name], name)
        if math.isfinite(self.own["first_loss"]) and not math.isfinite(state["first_loss"]):
            raise RefusedFile(FORGED.format("first_loss is no loss"))
        state["message"] = self.text("message")
        for name in ("good", "best"):
            state[name] = self.tensors(self.found[name], self.own[name], name)
            finite({f"{name}[{place}]": item for place, item in enumerate(state[name])})
        state["batch_losses"] = self.tensors(self.found["batch_losses"], [torch.zeros(())] * done, "batch_losses")
        state["batch_outputs"] = self._outputs(done, size)
        for name in ("shuffle", "shuffle_start", "chance"):
            state[name] = self._chance(name)
        state["device_chance"] = self._device_chance()
        state["optimizer"] = self._optimizer()
        state["scheduler"] = self._scheduler()
        state["history_columns"], state["history"] = self._history(epoch)
        return state

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number of the state within bounds."""
        value = self.found[name]
        if type(value) is not int or not low <= value <= high:
            raise RefusedFile(FORGED.format(f"{name} is not from {low} to {high}"))
        return value

    def real(self, value: Any, name: str) -> float:
        """A number; a loss that was not measured may be NaN or infinite."""
        if type(value) not in (int, float):
            raise RefusedFile(FORGED.format(f"{name} is no number"))
        return float(value)

    def text(self, name: str) -> str:
        """A short sentence of the state."""
        value = self.found[name]
        if not isinstance(value, str) or len(value) > LONGEST_MESSAGE or any(ord(letter) < 32 for letter in value):
            raise RefusedFile(FORGED.format(f"{name} is no sentence"))
        return value

    def tensors(self, found: Any, own: Sequence[Tensor], name: str) -> list[Tensor]:
        """As many tensors of the same shapes and types."""
        if not isinstance(found, list) or len(found) != len(own):
            raise RefusedFile(FORGED.format(f"{name} has not {len(own)} tensors"))
        return [
            tensor(item, like, f"{name}[{place}]") for place, (item, like) in enumerate(zip(found, own, strict=True))
        ]

    def _outputs(self, done: int, size: int) -> list[Tensor]:
        with torch.no_grad():
            self.trainer.model.eval()
            width = self.trainer.model(self.trainer.data.inputs[:1]).shape[1:]
        return self.tensors(self.found["batch_outputs"], [torch.zeros((size, *width))] * done, "batch_outputs")

    def _chance(self, name: str) -> Tensor:
        """The state of a generator, which the generator itself has found sound."""
        state = tensor(self.found[name], self.own[name], name)
        try:
            torch.Generator().set_state(state)
        except RuntimeError:
            raise RefusedFile(FORGED.format(f"{name} is no state of a generator")) from None
        return state

    def _device_chance(self) -> Tensor | None:
        state = self.found["device_chance"]
        if state is None:
            return None
        return tensor(state, torch.zeros(16, dtype=torch.uint8), "device_chance")

    def _optimizer(self) -> dict[str, Any]:
        found, own = self.found["optimizer"], self.own["optimizer"]
        if not isinstance(found, dict) or not isinstance(found.get("state"), dict):
            raise RefusedFile(FORGED.format("the optimizer has no state"))
        return {
            "param_groups": self._groups(found.get("param_groups"), own["param_groups"]),
            "state": self._moments(found["state"]),
        }

    def _groups(self, found: Any, own: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The groups as the project makes them, with the learning rates the schedule has come to."""
        if not isinstance(found, list) or len(found) != len(own):
            raise RefusedFile(FORGED.format(f"the optimizer has not {len(own)} groups of weights"))
        made = []
        for theirs, ours in zip(found, own, strict=True):
            if not isinstance(theirs, dict) or theirs.get("params") != ours["params"]:
                raise RefusedFile(FORGED.format("the optimizer is of other weights"))
            rates = {name: self._rate(theirs.get(name), name) for name in RATES if name in ours}
            made.append({**ours, **rates})
        return made

    def _rate(self, value: Any, name: str) -> float:
        if type(value) not in (int, float) or not 0 <= value <= 1e9:
            raise RefusedFile(FORGED.format(f"{name} is no learning rate"))
        return float(value)

    def _moments(self, found: dict[Any, Any]) -> dict[int, Any]:
        """What the optimizer keeps of each weight, in the form a step of its own makes."""
        control = self.control
        if control.training.optimizer.kind == "lbfgs":
            return {key: _Memory(self, control).checked(value) for key, value in found.items() if self._first(key)}
        form = _after_a_step(control)
        made = {}
        for key, value in found.items():
            if type(key) is not int or key not in form or not isinstance(value, dict):
                raise RefusedFile(FORGED.format(f"the optimizer has a state of weight {shown(str(key))}"))
            made[key] = self._like(value, form[key], f"optimizer[{key}]")
        return made

    def _first(self, key: Any) -> bool:
        if key != 0:
            raise RefusedFile(FORGED.format(f"the optimizer has a state of weight {shown(str(key))}"))
        return True

    def _scheduler(self) -> Any:
        found, own = self.found["scheduler"], self.own["scheduler"]
        if own is None or found is None:
            if found is not own:
                raise RefusedFile(FORGED.format("it has another schedule than its project"))
            return None
        if not isinstance(found, dict):
            raise RefusedFile(FORGED.format("its schedule has no state"))
        # Other versions of torch keep a little more or less; what this one does not know it does not get.
        shared = {name: value for name, value in found.items() if name in own}
        return {**own, **self._like(shared, {name: own[name] for name in shared}, "schedule")}

    def _like(self, found: Any, own: Any, name: str) -> Any:
        """A value of the form of `own`: tensors of its shape, numbers for numbers, the same texts."""
        if isinstance(own, Tensor):
            return None if found is None else tensor(found, own, name)
        if own is None and (found is None or type(found) in (int, float)):
            return found
        if type(own) in (bool, str):
            if type(found) is not type(own) or (type(own) is str and found != own):
                raise RefusedFile(FORGED.format(f"{name} is not {own}"))
            return found
        if type(own) is int and type(found) is int and abs(found) < LARGEST_INTEGER // 4:
            return found
        if type(own) in (int, float) and type(found) in (int, float):
            return found
        if isinstance(own, list | tuple) and isinstance(found, list | tuple) and len(found) == len(own):
            return type(own)(self._like(a, b, name) for a, b in zip(found, own, strict=True))
        if isinstance(own, dict) and isinstance(found, dict) and set(found) <= set(own):
            made = {key: self._like(value, own[key], f"{name}.{shown(str(key))}") for key, value in found.items()}
            for key in NEVER_NEGATIVE & made.keys():
                if bool((torch.as_tensor(made[key]) < 0).any()):
                    raise RefusedFile(FORGED.format(f"{name}.{key} is negative"))
            return made
        raise RefusedFile(FORGED.format(f"{name} is of another kind"))

    def _history(self, epoch: int) -> tuple[list[str], Tensor]:
        columns, own = self.found["history_columns"], self.own["history_columns"]
        if list(columns) != list(own) if isinstance(columns, list | tuple) else True:
            raise RefusedFile(FORGED.format(f"its history has not the columns {', '.join(own)}"))
        rows = self.found["history"]
        like = torch.zeros((epoch, len(own)), dtype=torch.float64)
        rows = tensor(rows, like, "history")
        expected = torch.arange(1, epoch + 1, dtype=torch.float64)
        if not torch.equal(rows[:, own.index("epoch")], expected):
            raise RefusedFile(FORGED.format("its history leaves out epochs"))
        return list(own), rows


class _Memory:
    """What LBFGS keeps of its last steps."""

    def __init__(self, state: _State, control: Any) -> None:
        self.state = state
        self.most = control.training.optimizer["history_size"]
        self.flat = torch.zeros(
            sum(weight.numel() for group in control.optimizer.param_groups for weight in group["params"])
        )

    def checked(self, found: Any) -> dict[str, Any]:
        """The state, each piece of it as long as all weights together, or one number."""
        if not isinstance(found, dict):
            raise RefusedFile(FORGED.format("the optimizer has no state"))
        made = {}
        for name, value in found.items():
            if name in ("func_evals", "n_iter") and type(value) is int and 0 <= value < LARGEST_INTEGER // 4:
                made[name] = value
            elif name in ("old_dirs", "old_stps"):
                made[name] = [tensor(item, self.flat, name) for item in self._list(value, name)]
            elif name in ("ro", "al"):
                made[name] = [self._number(item, name) for item in self._list(value, name)]
            elif name in ("d", "prev_flat_grad"):
                made[name] = None if value is None else tensor(value, self.flat, name)
            elif name in ("t", "H_diag", "prev_loss"):
                made[name] = self._number(value, name)
            else:
                raise RefusedFile(FORGED.format(f"the optimizer has no {shown(str(name))}"))
        return made

    def _list(self, value: Any, name: str) -> list[Any]:
        if not isinstance(value, list) or len(value) > self.most:
            raise RefusedFile(FORGED.format(f"the optimizer has more than {self.most} {name}"))
        return value

    def _number(self, value: Any, name: str) -> Any:
        if value is None or type(value) in (int, float):
            return value
        return tensor(value, torch.zeros(()), name)


def _after_a_step(control: Any) -> dict[int, dict[str, Any]]:
    """What the optimizer keeps of each weight once it has stepped; the trainer is of no use for training then."""
    optimizer = control.optimizer
    for group in optimizer.param_groups:
        for weight in group["params"]:
            weight.requires_grad_(True)
            weight.grad = torch.zeros_like(weight)
    optimizer.step()
    return optimizer.state_dict()["state"]


def _prove(checkpoint: dict[str, Any], project: Project, trainer: Trainer) -> None:
    """Take it up once, here, where a fault can still be said in a sentence."""
    try:
        Trainer.resume(checkpoint, project, trainer.prepared, "cpu")
    except MemoryError:
        raise
    except Exception as error:
        # Whatever torch makes of a state that does not fit.
        raise RefusedFile(FORGED.format(type(error).__name__)) from None


def history_of(checkpoint: Mapping[str, Any]) -> History:
    """The history in a checked checkpoint."""
    state = checkpoint["training_state"]
    return History.from_tensor(state["history_columns"], state["history"])
