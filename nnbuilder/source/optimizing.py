"""The lines that make loss, optimizer and scheduler."""

from __future__ import annotations

from nnbuilder.source.course import Course
from nnbuilder.source.layout import Part, call, items, mapping
from nnbuilder.source.literals import literal
from nnbuilder.source.script import Script
from nnbuilder.source.torch_defaults import told


def write_loss(script: Script, course: Course) -> None:
    """Write ``loss_function``, with the weights of the classes where there are any."""
    row = course.loss
    arguments = row.arguments(course.training.loss.settings)
    parts: list[Part] = []
    if "weight" in arguments:
        parts += _class_weights(script, course, arguments.pop("weight"))
    if "pos_weight" in arguments:
        parts += _second_class(course, arguments.pop("pos_weight"))
    script.paragraph(f"{row.label}: {row.help}")
    script.set("loss_function", call(f"nn.{row.torch}", *parts, *told(row.torch, arguments)))


def write_optimizer(script: Script, course: Course) -> None:
    """Write ``optimizer``, and ``scheduler`` where there is one."""
    row, settings = course.training.optimizer_row, course.training.optimizer.settings
    arguments = row.arguments(settings)
    del arguments["lr"]
    if course.step_closure:
        search = settings["line_search"]
        arguments["line_search_fn"] = None if search == "none" else search
    parts = [*told(row.torch, arguments), *(["fused=True"] if row.fused else [])]
    script.paragraph(f"{row.label}: {row.help}")
    if row.fused:
        script.comment("With fused=True it moves all weights in one go, which is faster.")
    if course.grouped:
        rates = any(factor != 1.0 for factor, _ in course.groups)
        script.comment("Layers learn at rates of their own." if rates else "Layers that begin later are a group apart.")
        script.set("groups", items(_group(course, key) for key in course.groups))
        script.set("optimizer", call(f"torch.optim.{row.torch}", "groups", "lr=LEARNING_RATE", *parts))
    else:
        script.set("optimizer", call(f"torch.optim.{row.torch}", _weights(script, course), "lr=LEARNING_RATE", *parts))
    _write_scheduler(script, course)


def _weights(script: Script, course: Course) -> str:
    """The weights that learn now or later."""
    learn = [one for layers in course.groups.values() for one in layers]
    if learn == course.learning:
        return "model.parameters()"
    if not course.thawing and learn == sorted(learn, key=lambda one: one.place):
        script.line("weights = [weight for weight in model.parameters() if weight.requires_grad]")
        return "weights"
    # In the order of the groups, since the first ones of them come first in every sum of LBFGS.
    script.set("layers", items(one.of("model", course.form) for one in learn))
    script.line("weights = [weight for layer in layers for weight in layer.parameters()]")
    return "weights"


def _group(course: Course, key: tuple[float, int]) -> Part:
    """One group of the optimizer."""
    factor, _ = key
    weights = [f"{one.of('model', course.form)}.parameters()" for one in course.groups[key]]
    rate = "LEARNING_RATE" if factor == 1.0 else f"LEARNING_RATE * {literal(factor)}"
    of_all = weights[0] if len(weights) == 1 else items(f"*{one}" for one in weights)
    return mapping([(literal("params"), of_all), (literal("lr"), rate)])


def _write_scheduler(script: Script, course: Course) -> None:
    row = course.schedule
    if not row.torch:
        return
    arguments = row.arguments(course.training.scheduler.settings)
    parts: list[Part] = ["optimizer"]
    if row.key == "cosine":
        parts.append("T_max=EPOCHS")
    if row.key == "one_cycle":
        script.use("math")
        steps = "EPOCHS * math.ceil(len(x_train) / BATCH_SIZE)" if course.batched else "EPOCHS"
        rate = '[group["lr"] for group in optimizer.param_groups]' if course.grouped else "LEARNING_RATE"
        parts += [f"max_lr={rate}", f"total_steps={steps}"]
    parts += told(row.torch, arguments)
    if row.key == "one_cycle":
        parts.append("cycle_momentum=False")
    script.paragraph(f"{row.label}: {row.help}")
    script.set("scheduler", call(f"torch.optim.lr_scheduler.{row.torch}", *parts))


def _class_weights(script: Script, course: Course, choice: object) -> list[Part]:
    if choice == "none":
        return []
    script.use("torch")
    device = ["device=device"] if course.moved else []
    if isinstance(choice, str):
        classes = len(course.facts.classes)
        script.paragraph("Rare classes count as much as frequent ones.")
        # Not every device knows numbers of double precision.
        target, there = ("y_train.cpu()", ".to(device)") if course.moved else ("y_train", "")
        script.line(f"counts = torch.bincount({target}, minlength={classes})")
        script.line(f"class_weights = (len(y_train) / ({classes} * counts.double())).float()")
        if not course.facts.class_rows or not all(course.facts.class_rows):
            script.line("class_weights[counts == 0] = 0.0")
        if there:
            script.line(f"class_weights = class_weights{there}")
    else:
        assert isinstance(choice, list)
        script.paragraph("How much a row of each class counts.")
        script.set("class_weights", call("torch.tensor", items(map(literal, choice)), *device))
    return ["weight=class_weights"]


def _second_class(course: Course, weight: float) -> list[Part]:
    if weight == 1.0:
        return []
    device = ["device=device"] if course.moved else []
    return [call("pos_weight=torch.tensor", f"[{literal(weight)}]", *device)]
