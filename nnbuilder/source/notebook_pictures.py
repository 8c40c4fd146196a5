"""The cells of a notebook that draw: the data, the course of training, and what the network answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnbuilder.catalog.sources import TABLE
from nnbuilder.source.course import Course
from nnbuilder.source.inputs import Feature
from nnbuilder.source.layout import STEP, after, before, call, subscript, values
from nnbuilder.source.literals import literal
from nnbuilder.source.predict_script import FOUND, PROBABILITIES
from nnbuilder.source.scaling import write_terms
from nnbuilder.source.script import Script, Section

MOST_COUNTS = 20
"""Classes up to which every count of a confusion matrix is written into its field."""
_SIDE = 200
_FIGURE = "plt.figure(figsize=(5, 4))"
_END = "plt.tight_layout()"
_LEARNED = "What the network has learned"


@dataclass(frozen=True)
class Pictures:
    """The pictures of a project; `features` are those of a table."""

    course: Course
    features: tuple[Feature, ...] = ()

    @property
    def axes(self) -> tuple[str, ...]:
        """The one or two columns of numbers that are all the network gets; nothing where it gets others."""
        columns = self.course.facts.columns
        numbers = all(one.cells.type in ("number", "date") and not one.told for one in self.features)
        return columns if numbers and len(columns) <= 2 else ()

    def data(self) -> Section:
        """The rows as they are before anything is done to them."""
        facts = self.course.facts
        lines: list[str] = []
        if not self.axes:
            return self._target()
        if facts.classes and len(self.axes) == 2:
            lines, said = (
                _DOTS,
                "A dot for each row, in the color of its class. Could a straight line part the classes?",
            )
        elif facts.classes:
            lines, said = _BARS, "How often each value occurs in each class. Where classes overlap, nobody can tell."
        elif len(self.axes) == 2:
            lines = ["plt.scatter(points[:, 0], points[:, 1], s=12, c=targets)"]
            lines.append(f"plt.colorbar(label={literal(facts.target)})")
            said = "A dot for each row; its color says the value that the network is to find."
        else:
            lines = ["plt.scatter(points[:, 0], targets, s=12)"]
            said = "A dot for each row. The network is to find the curve that they follow."
        script = Script()
        if self.course.project.data.source.kind == TABLE:
            names = subscript("table", values(list(self.axes)))
            script.put(before("points = ", after(names, ".to_numpy(np.float64)")))
            script.line("targets = y")
        else:
            script.line("points, targets = x, y")
        _add(script, [_FIGURE, *lines, *self._labels(), _END])
        return _section("A look at the data", said, script)

    def losses(self) -> Section:
        """The course of training."""
        metric, label = self.course.metric.key, self.course.metric.label
        parts = ["train", "validation"] if self.course.watches else ["train"]
        script = Script()
        script.line("figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))")
        script.line('epochs = [row["epoch"] for row in history]')
        script.line(f"for part in {literal(parts)}:")
        for side, name in (("left", "loss"), ("right", metric)):
            curve = f'[row[f"{{part}}_{name}"] for row in history]'
            script.put(call(f"{side}.plot", "epochs", curve, "label=part"), STEP)
        script.line(f"left.set(xlabel={literal('epoch')}, ylabel={literal('loss')})")
        script.line(f"right.set(xlabel={literal('epoch')}, ylabel={literal(label)})")
        _add(script, ["left.legend()", _END])
        said = "The loss of the training rows should fall."
        if self.course.watches:
            said += (
                " Where that of the validation rows begins to rise again, the network learns its rows by heart: it "
                "**overfits**."
            )
        return _section("How training went", said, script)

    def answers(self) -> Section:
        """What the network answers."""
        classes = bool(self.course.facts.classes)
        if not self.axes:
            return self._confusion() if classes else self._compared()
        return self._curve(classes) if len(self.axes) == 1 else self._plane(classes)

    def _labels(self) -> list[str]:
        facts = self.course.facts
        lines = [f"plt.xlabel({literal(self.axes[0])})"]
        below = self.axes[1] if len(self.axes) == 2 else "rows" if facts.classes else facts.target
        return [*lines, f"plt.ylabel({literal(below)})"]

    def _target(self) -> Section:
        facts = self.course.facts
        script = Script()
        if facts.classes:
            lines = ["counts = np.bincount(y, minlength=len(class_names))"]
            lines.append("plt.barh(range(len(counts)), counts, tick_label=class_names)")
            lines.append('plt.xlabel("rows")')
            said = "How many rows each class has. A class of few rows is hard to learn."
        else:
            lines = ["plt.hist(y, bins=30)", f"plt.xlabel({literal(facts.target)})", 'plt.ylabel("rows")']
            said = "How often each value occurs that the network is to predict."
        _add(script, [_FIGURE, *lines, _END])
        return _section("A look at the data", said, script)

    def _write_answers(self, script: Script) -> None:
        """Write the outputs for the rows of `grid`, in data units, made ready as the training rows were."""
        data = self.course.project.data
        write_terms(script, "grid", data.terms, self.axes)
        if data.scaling != "none":
            script.line("grid = (grid - center) / scale")
        moved = ".to(device)" if self.course.moved else ""
        script.line(f"inputs = torch.tensor(grid, dtype=torch.float32){moved}")
        self._write_outputs(script, "inputs")

    def _write_outputs(self, script: Script, inputs: str) -> None:
        script.line("model.eval()")
        script.line("with torch.no_grad():")
        script.line(f"    outputs = model({inputs}){'.cpu()' if self.course.moved else ''}")

    def _curve(self, classes: bool) -> Section:
        script = Script()
        script.line("axis = np.linspace(np.nanmin(points), np.nanmax(points), 300)")
        script.line("grid = axis[:, None]")
        self._write_answers(script)
        if not classes:
            lines = ["plt.scatter(points[:, 0], targets, s=12, alpha=0.5)"]
            lines.append('plt.plot(axis, outputs[:, 0].numpy(), color="black", linewidth=2)')
            _add(script, [_FIGURE, *lines, *self._labels(), _END])
            return _section(_LEARNED, "The line is what the network answers, the dots are the data.", script)
        _add(script, [*PROBABILITIES[self.course.loss.meaning], _FIGURE])
        _add(
            script,
            [
                "for number, name in enumerate(class_names):",
                "    plt.plot(axis, probabilities[:, number].numpy(), label=name)",
                "plt.legend()",
                f"plt.xlabel({literal(self.axes[0])})",
                'plt.ylabel("probability")',
                _END,
            ],
        )
        return _section(_LEARNED, "The probability of each class, over all values of the input.", script)

    def _plane(self, classes: bool) -> Section:
        script = Script()
        script.line("low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)")
        script.line(f"sides = np.linspace(low, high, {_SIDE}).T")
        script.line("grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)")
        self._write_answers(script)
        shown = ['origin="lower"', 'aspect="auto"', "extent=(low[0], high[0], low[1], high[1])"]
        script.line(_FIGURE)
        if classes:
            said = (
                "The ground has the color of the class that the network takes each place for: where colors meet is its "
                "**decision boundary**."
            )
            script.line(f"found = {FOUND[self.course.loss.meaning]}.reshape({_SIDE}, {_SIDE}).numpy()")
            script.put(call("plt.imshow", "found", *shown, 'cmap="tab10"', "vmin=0", "vmax=9", "alpha=0.3"))
            _add(script, _DOTS)
        else:
            said = "The ground is what the network answers, the dots are the data: good where they have the same color."
            script.line(f"values = outputs[:, 0].reshape({_SIDE}, {_SIDE}).numpy()")
            span = ["vmin=targets.min()", "vmax=targets.max()"]
            script.put(call("plt.imshow", "values", *shown, *span))
            script.line(f"plt.colorbar(label={literal(self.course.facts.target)})")
            script.put(
                call(
                    "plt.scatter",
                    "points[:, 0]",
                    "points[:, 1]",
                    "s=12",
                    "c=targets",
                    'edgecolors="white"',
                    "linewidths=0.5",
                    *span,
                )
            )
        _add(script, [*self._labels(), _END])
        return _section(_LEARNED, said, script)

    def _compared(self) -> Section:
        part, back = self.course.watched, ".cpu()" if self.course.moved else ""
        script = Script()
        self._write_outputs(script, f"x_{part}")
        _add(
            script,
            [
                f"truth = y_{part}[:, 0]{back}.numpy()",
                _FIGURE,
                "plt.scatter(truth, outputs[:, 0].numpy(), s=12)",
                'plt.axline((float(truth[0]), float(truth[0])), slope=1, color="gray")',
                f"plt.title({literal(self.course.facts.target)})",
                'plt.xlabel("true value")',
                'plt.ylabel("predicted value")',
                _END,
            ],
        )
        return _section(_LEARNED, f"A dot for each {part} row: on the line the prediction is right.", script)

    def _confusion(self) -> Section:
        part, back = self.course.watched, ".cpu()" if self.course.moved else ""
        form, count = self.course.loss.target, len(self.course.facts.classes)
        numbers = {"class": "", "plus_minus": "[:, 0].gt(0).long()"}.get(form, "[:, 0].long()")
        script = Script()
        self._write_outputs(script, f"x_{part}")
        lines = [
            f"truth = y_{part}{numbers}{back}",
            f"found = {FOUND[self.course.loss.meaning]}",
            f"pairs = torch.bincount(truth * {count} + found, minlength={count**2})",
            f"counts = pairs.reshape({count}, {count}).numpy()",
            _FIGURE,
            'plt.imshow(counts, cmap="Blues")',
        ]
        if count <= MOST_COUNTS:
            lines += [
                f"for row in range({count}):",
                f"    for column in range({count}):",
                "        number = int(counts[row, column])",
                '        color = "white" if number > counts.max() / 2 else "black"',
                '        plt.text(column, row, str(number), color=color, ha="center", va="center")',
            ]
        else:
            lines.append("plt.colorbar()")
        lines += [
            f"plt.xticks(range({count}), class_names, rotation=90)",
            f"plt.yticks(range({count}), class_names)",
            'plt.xlabel("taken for")',
            'plt.ylabel("true class")',
            _END,
        ]
        _add(script, lines)
        said = (
            f"The {part} rows: a line for each true class, a column for each class they are taken for. What is right "
            "stands on the diagonal."
        )
        return _section(_LEARNED, said, script)


_DOTS = [
    "for number, name in enumerate(class_names):",
    "    chosen = points[targets == number]",
    "    plt.scatter(chosen[:, 0], chosen[:, 1], s=12, label=name)",
    "plt.legend()",
]
_BARS = [
    "for number, name in enumerate(class_names):",
    "    plt.hist(points[targets == number, 0], bins=30, alpha=0.6, label=name)",
    "plt.legend()",
]


def _add(script: Script, lines: Sequence[str]) -> None:
    for line in lines:
        script.line(line)


def _section(title: str, explanation: str, script: Script) -> Section:
    return Section(title, explanation, script.sections[-1].code)
