"""The lines of the training loop, which does what `nnbuilder.training` does, to the last bit."""

from __future__ import annotations

from dataclasses import replace

from nnbuilder.source.course import Course
from nnbuilder.source.layout import STEP, Part, after, call, mapping
from nnbuilder.source.literals import literal
from nnbuilder.source.scores import write_metric
from nnbuilder.source.script import Script

IN, DEEP = STEP, STEP * 2
_LEARN = (
    "Learn from all rows at once.",
    "Learn from batch after batch.",
    "Learn from batch after batch, in a new order.",
)
LINES_OF_PROGRESS = 20
"""About as often it is printed how far training has come."""


def write_training(script: Script, course: Course) -> None:
    """Write all from the function that measures the metric to the end of the last epoch."""
    metric = write_metric(script, course)
    if course.penalized:
        _define_penalty(script, course)
    if course.step_closure:
        _define_closure(script, course)
    _write_start(script, course)
    script.paragraph()
    script.line("for epoch in range(1, EPOCHS + 1):")
    _write_thawing(script, course)
    _write_learning(script, course)
    _write_measuring(script, course, metric)
    _write_bounds(script, course)
    _write_history(script, course)
    _write_schedule(script, course)
    _write_progress(script, course)
    _write_stopping(script, course, metric)


def columns(course: Course) -> list[str]:
    """The names of what is kept of each epoch."""
    rate = ["learning_rate"] if course.schedule.torch else []
    parts = ["train", "validation"] if course.watches else ["train"]
    numbers = [f"{part}_{what}" for what in ("loss", course.metric.key) for part in parts]
    return ["epoch", *rate, *numbers]


def _define_penalty(script: Script, course: Course) -> None:
    frozen = any(one.layer.frozen for one in course.learning)
    terms = []
    if course.training.l1:
        terms.append("total = total + L1 * weight.abs().sum()")
    if course.training.l2:
        terms.append("total = total + L2 * weight.square().sum()")
    script.function(
        "penalty",
        [
            "def penalty() -> torch.Tensor:",
            f'{STEP}"""What large weights cost; biases are left out."""',
            f"{STEP}total = torch.zeros(())",
            f"{STEP}for weight in model.parameters():",
            f"{DEEP}if weight.dim() > 1{' and weight.requires_grad' if frozen else ''}:",
            *(f"{DEEP}{STEP}{term}" for term in terms),
            f"{STEP}return total",
        ],
    )


def _define_closure(script: Script, course: Course) -> None:
    total = ["total = loss + penalty()"] if course.penalized else []
    name = "total" if course.penalized else "loss"
    script.function(
        "closure",
        [
            "def closure() -> torch.Tensor:",
            f'{STEP}"""Loss and gradients, which the optimizer asks for several times a step."""',
            f"{STEP}optimizer.zero_grad()",
            f"{STEP}outputs = model(x_train)",
            f"{STEP}loss = loss_function(outputs, y_train)",
            *(STEP + line for line in total),
            f"{STEP}{name}.backward()",
            f"{STEP}looks.append((loss.detach(), outputs.detach()))",
            f"{STEP}return {name}",
        ],
    )


def _write_start(script: Script, course: Course) -> None:
    """What there is before the first epoch."""
    script.paragraph("A loss far above that of the untrained network says that training has blown up.")
    script.line("model.eval()")
    script.line("with torch.no_grad():")
    script.line(f"{IN}first_loss = loss_function(model(x_train), y_train).item()")
    script.line("limit = 10_000 * max(first_loss, 1e-6)")
    script.paragraph()
    script.line("history: list[dict[str, float]] = []")
    script.line("good = {name: weight.clone() for name, weight in model.state_dict().items()}")
    if course.rule.kind != "none":
        lower = course.rule["watch"] == "loss" or not course.metric.higher_is_better
        script.use("math")
        script.line(f"best, best_epoch, best_value = good, 0, {'' if lower else '-'}math.inf")
    if course.step_closure:
        script.line("looks: list[tuple[torch.Tensor, torch.Tensor]] = []")
    elif course.shuffled:
        script.line("generator = torch.Generator().manual_seed(TRAINING_SEED)")
    elif course.batched:
        pairs = call("zip", "x_train.split(BATCH_SIZE)", "y_train.split(BATCH_SIZE)", "strict=True")
        script.set("batches", call("list", pairs))
    if course.draws:
        script.comment("Dropout draws from torch's own generator.")
        script.line("torch.manual_seed(TRAINING_SEED)")


def _write_thawing(script: Script, course: Course) -> None:
    for epochs, layers in course.thawing.items():
        script.comment(f"After {epochs} {'epoch' if epochs == 1 else 'epochs'} more layers learn.", IN)
        script.line(f"{IN}if epoch > {epochs}:")
        for one in layers:
            script.line(f"{DEEP}{one.of('model', course.form)}.requires_grad_(True)")
        if course.step_closure:
            script.line(f"{IN}if epoch == {epochs + 1}:")
            script.line(f"{DEEP}optimizer.state.clear()  # what it has gathered is of fewer weights")
    if course.thawing:
        script.paragraph()


def _write_learning(script: Script, course: Course) -> None:
    """The steps of an epoch."""
    script.comment(_LEARN[course.batched + course.shuffled], IN)
    script.line(f"{IN}model.train()")
    for one in course.learning:
        if one.layer.frozen and one.layer.kind == "batch_norm":
            expression = f"{one.of('model', course.form)}"
            if one.layer.thaw_after:
                script.line(f"{IN}{expression}.train(epoch > {one.layer.thaw_after})")
            else:
                script.line(f"{IN}{expression}.eval()  # frozen")
    if course.step_closure:
        script.line(f"{IN}looks.clear()")
        script.line(f"{IN}optimizer.step(closure)")
        script.line(f"{IN}loss, outputs = looks[0]  # those before the step")
        _write_batch_schedule(script, course, IN)
        return
    if not course.batched:
        _write_step(script, course, IN, "x_train", "y_train")
        _write_batch_schedule(script, course, IN)
        return
    if course.shuffled:
        device = ".to(device)" if course.moved else ""
        script.line(f"{IN}order = torch.randperm(len(x_train), generator=generator){device}")
    script.line(f"{IN}losses, answers = [], []")
    if course.shuffled:
        script.line(f"{IN}for rows in order.split(BATCH_SIZE):")
        _write_step(script, course, DEEP, "x_train[rows]", "y_train[rows]")
    else:
        script.line(f"{IN}for x_batch, y_batch in batches:")
        _write_step(script, course, DEEP, "x_batch", "y_batch")
    _write_batch_schedule(script, course, DEEP)
    script.line(f"{DEEP}losses.append(loss.detach())")
    script.line(f"{DEEP}answers.append(outputs.detach())")


def _write_step(script: Script, course: Course, indent: str, x: str, y: str) -> None:
    """The five steps of learning."""
    last = "the last batch" if course.batched else "the last step"
    script.line(f"{indent}optimizer.zero_grad()  # 1. forget the gradients of {last}")
    script.line(f"{indent}outputs = model({x})  # 2. forward: what the network answers")
    script.line(f"{indent}loss = loss_function(outputs, {y})  # 3. how wrong that is")
    total = "(loss + penalty())" if course.penalized else "loss"
    script.line(f"{indent}{total}.backward()  # 4. backward: what each weight does to it")
    if course.training.gradient_clip:
        script.line(f"{indent}nn.utils.clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)")
    script.line(f"{indent}optimizer.step()  # 5. move each weight to where the loss falls")


def _write_batch_schedule(script: Script, course: Course, indent: str) -> None:
    if course.schedule.moves == "batch":
        script.line(f"{indent}if scheduler.last_epoch < scheduler.total_steps - 1:")
        script.line(f"{indent}{STEP}scheduler.step()")


def _write_measuring(script: Script, course: Course, metric: str) -> None:
    """Loss and metric of the epoch."""
    script.paragraph()
    said = "Measure how good the network is now." if course.watches else "Measure how good it was."
    weighted = " Each batch counts by its rows, of which the last one may have fewer." if course.batched else ""
    script.comment(f"{said}{weighted}", IN)
    if course.batched:
        script.line(f"{IN}short = -len(x_train) % BATCH_SIZE  # rows that the last batch lacks")
        script.line(f"{IN}total = torch.stack(losses).sum() * BATCH_SIZE - losses[-1] * short")
        script.line(f"{IN}train_loss = (total / len(x_train)).item()")
        y = "y_train[order]" if course.shuffled else "y_train"
        script.set(f"train_{metric}", after(call(metric, "torch.cat(answers)", y), ".item()"), IN)
    else:
        script.line(f"{IN}train_loss = loss.item()")
        detached = "outputs" if course.step_closure else "outputs.detach()"
        script.line(f"{IN}train_{metric} = {metric}({detached}, y_train).item()")
    if course.watches:
        script.line(f"{IN}model.eval()")
        script.line(f"{IN}with torch.no_grad():")
        script.line(f"{DEEP}outputs = model(x_validation)")
        script.line(f"{DEEP}validation_loss = loss_function(outputs, y_validation).item()")
        script.line(f"{DEEP}validation_{metric} = {metric}(outputs, y_validation).item()")


def _write_bounds(script: Script, course: Course) -> None:
    """End if the numbers leave all bounds."""
    script.use("math")
    script.paragraph()
    script.comment("Has training blown up? Then take the last good weights, and stop.", IN)
    script.line(f"{IN}size = nn.utils.get_total_norm(model.parameters()).item()")
    numbers = " + ".join(["train_loss", *(["validation_loss"] if course.watches else []), "size"])
    script.line(f"{IN}if not (train_loss <= limit and math.isfinite({numbers})):")
    script.line(f"{DEEP}model.load_state_dict(good)")
    script.line(f'{DEEP}print(f"Training diverged in epoch {{epoch}}; try a lower learning rate.")')
    script.line(f"{DEEP}break")
    script.line(f"{IN}good = {{name: weight.clone() for name, weight in model.state_dict().items()}}")


def _write_history(script: Script, course: Course) -> None:
    script.paragraph()
    pairs: list[tuple[str, Part]] = []
    for name in columns(course):
        pairs.append((literal(name), _rate(course) if name == "learning_rate" else name))
    script.put(replace(call("history.append", mapping(pairs)), comma=False), IN)


def _rate(course: Course) -> str:
    """The expression for the learning rate of an epoch, that of layers without a factor of their own."""
    factors = [factor for factor, _ in course.groups] if course.grouped else [1.0]
    if 1.0 in factors:
        return f'optimizer.param_groups[{factors.index(1.0)}]["lr"]'
    return f'optimizer.param_groups[0]["lr"] / {literal(factors[0])}'


def _write_schedule(script: Script, course: Course) -> None:
    if course.schedule.moves == "epoch":
        script.line(f"{IN}scheduler.step()")
    elif course.schedule.moves == "loss":
        script.line(f"{IN}scheduler.step({course.watched}_loss)")


def _write_progress(script: Script, course: Course) -> None:
    """Print now and then how far it has come."""
    every = max(1, course.training.epochs // LINES_OF_PROGRESS)
    indent = IN
    if every > 1:
        script.line(f"{IN}if epoch % {every} == 0:")
        indent = DEEP
    validation = ", validation {validation_loss:.4f}" if course.watches else ""
    script.line(f'{indent}print(f"Epoch {{epoch}}: loss {{train_loss:.4f}}{validation}")')


def _write_stopping(script: Script, course: Course, metric: str) -> None:
    """End when there has been no gain for some epochs."""
    rule = course.rule
    if rule.kind == "none":
        return
    script.paragraph()
    script.comment("Early stopping: end when there has been no gain for some epochs.", IN)
    on_metric = rule["watch"] == "metric"
    value = f"{course.watched}_{metric if on_metric else 'loss'}"
    if on_metric and metric == "r2" and course.watches:
        script.line(f"{IN}value = train_r2 if math.isnan(validation_r2) else validation_r2")
        value = "value"
    higher = on_metric and course.metric.higher_is_better
    gain = rule["min_delta"] > 0
    better = f"{value} > best_value{' + SMALLEST_GAIN' if gain else ''}"
    if not higher:
        better = f"{value} < best_value{' - SMALLEST_GAIN' if gain else ''}"
    # The first epoch is the best so far, even where its metric is no number.
    first = " or epoch == 1" if on_metric and metric == "r2" else ""
    script.line(f"{IN}if {better}{first}:")
    script.line(f"{DEEP}best, best_epoch, best_value = good, epoch, {value}")
    script.line(f"{IN}if epoch - best_epoch >= PATIENCE:")
    if rule["restore_best"]:
        script.line(f"{DEEP}model.load_state_dict(best)")
        script.line(f'{DEEP}print(f"Stopped in epoch {{epoch}}; the weights of epoch {{best_epoch}} are back.")')
    else:
        script.line(f'{DEEP}print(f"Stopped in epoch {{epoch}}; epoch {{best_epoch}} was the best.")')
    script.line(f"{DEEP}break")
