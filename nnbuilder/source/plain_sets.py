"""scikit-learn's data sets in lines of NumPy that make the very same numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnbuilder.catalog.datasets import DATASETS
from nnbuilder.source.literals import literal

Settings = Mapping[str, Any]
WIDE = 30
"""Corners of a cube of more dimensions are drawn in two parts."""
FEW = 0.01
"""Of so small a share of all corners each is drawn by itself."""


def plain_lines(kind: str, settings: Settings) -> list[str] | None:
    """The lines that make `x` and `y`; None where NumPy's numbers would differ in their last bits.

    `kind` is a data set of scikit-learn's.
    """
    if kind == "regression" and settings["effective_rank"]:
        # It multiplies what SciPy's own linear algebra finds, which is not NumPy's.
        return None
    return [f"chance = np.random.RandomState({settings['seed']})", *_MAKERS[kind](settings)]


def _shuffled(settings: Settings, columns: int = 1) -> list[str]:
    if not settings["shuffle"]:
        return []
    lines = [f"order = chance.permutation({settings['samples']})", "x, y = x[order], y[order]"]
    return lines if columns == 1 else [*lines, f"x = x.take(chance.permutation({columns}), axis=1)"]


def _scattered(settings: Settings) -> list[str]:
    noise = literal(settings["noise"])
    return [f"x = x + chance.normal(scale={noise}, size=x.shape)"] if settings["noise"] else []


def _target_noise(settings: Settings) -> str:
    """What is added to the target at the end of its formula."""
    return f"y = y + {literal(settings['noise'])} * chance.standard_normal(len(y))" if settings["noise"] else ""


def _halves(settings: Settings) -> tuple[int, int]:
    rows = settings["samples"]
    return rows // 2, rows - rows // 2


def _shares(rows: int, parts: int) -> str:
    """The literal of sizes as equal as they can be, the first ones larger."""
    sizes = [rows // parts + (place < rows % parts) for place in range(parts)]
    return str(sizes[0]) if len(set(sizes)) == 1 else literal(sizes)


def _circles(settings: Settings) -> list[str]:
    outer, inner = _halves(settings)
    factor = literal(settings["factor"])
    return [
        f"outer = np.linspace(0, 2 * np.pi, {outer}, endpoint=False)  # angles",
        f"inner = np.linspace(0, 2 * np.pi, {inner}, endpoint=False)",
        "outer_ring = np.column_stack([np.cos(outer), np.sin(outer)])",
        f"inner_ring = np.column_stack([np.cos(inner), np.sin(inner)]) * {factor}",
        "x = np.concatenate([outer_ring, inner_ring])",
        f"y = np.repeat([0, 1], [{outer}, {inner}])",
        *_shuffled(settings),
        *_scattered(settings),
    ]


def _moons(settings: Settings) -> list[str]:
    upper, lower = _halves(settings)
    return [
        f"upper, lower = np.linspace(0, np.pi, {upper}), np.linspace(0, np.pi, {lower})  # angles",
        "upper_moon = np.column_stack([np.cos(upper), np.sin(upper)])",
        "lower_moon = np.column_stack([1 - np.cos(lower), 1 - np.sin(lower) - 0.5])",
        "x = np.concatenate([upper_moon, lower_moon])",
        f"y = np.repeat([0, 1], [{upper}, {lower}])",
        *_shuffled(settings),
        *_scattered(settings),
    ]


def _blobs(settings: Settings) -> list[str]:
    rows, count, features = settings["samples"], settings["centers"], settings["features"]
    box, spread = literal(settings["box"]), literal(settings["std"])
    sizes = _shares(rows, count)
    centers = f"centers = chance.uniform(-{box}, {box}, ({count}, {features}))"
    if sizes.isdigit():
        draw = [f"clouds = [chance.normal(center, {spread}, ({sizes}, {features})) for center in centers]"]
    else:
        draw = [
            f"sizes = {sizes}",
            "clouds = [",
            f"    chance.normal(center, {spread}, (size, {features}))",
            "    for center, size in zip(centers, sizes, strict=True)",
            "]",
        ]
    return [
        centers,
        *draw,
        "x = np.concatenate(clouds)",
        f"y = np.repeat(np.arange({count}), {sizes if sizes.isdigit() else 'sizes'})",
        *_shuffled(settings),
    ]


def _regression(settings: Settings) -> list[str]:
    rows, features = settings["samples"], settings["features"]
    informative = min(settings["informative"], features)
    bias = f" + {literal(settings['bias'])}" if settings["bias"] > 0 else ""
    bias = f" - {literal(-settings['bias'])}" if settings["bias"] < 0 else bias
    noise = literal(settings["noise"])
    return [
        f"x = chance.standard_normal(({rows}, {features}))",
        f"weights = np.zeros(({features}, 1))",
        f"weights[:{informative}] = 100 * chance.uniform(size=({informative}, 1))",
        f"y = np.dot(x, weights){bias}",
        *([f"y = y + chance.normal(scale={noise}, size=y.shape)"] if settings["noise"] else []),
        "y = y[:, 0]",
        *_shuffled(settings, features),
    ]


def _classification(settings: Settings) -> list[str]:
    rows, features, used = settings["samples"], settings["features"], settings["informative"]
    classes, clusters = settings["classes"], settings["classes"] * settings["clusters"]
    return [
        "# Every cluster of points lies around a corner of a cube of its own.",
        *_corners(clusters, used),
        *_centers(settings, clusters),
        f"x = np.zeros(({rows}, {features}))",
        f"x[:, :{used}] = chance.standard_normal(({rows}, {used}))",
        f"sizes = {literal(_cluster_sizes(settings, clusters))}",
        f"y = np.repeat(np.arange({clusters}) % {classes}, sizes)",
        "start = 0",
        "for center, size in zip(centers, sizes, strict=True):",
        f"    points = x[start : start + size, :{used}]",
        f"    stretch = 2 * chance.uniform(size=({used}, {used})) - 1",
        "    points[:] = np.dot(points, stretch) + center",
        "    start += size",
        *_useless(settings),
        *_wrong_labels(settings),
        *_moved(settings),
        *_shuffled(settings, features),
    ]


def _corners(count: int, dimensions: int) -> list[str]:
    """The lines that draw `count` different corners of a cube, as rows of 0 and 1."""
    inside = min(dimensions, WIDE)
    every = 2**inside
    lines = []
    if dimensions > WIDE:
        lines.append(f"first = chance.randint(2, size=({count}, {dimensions - WIDE}))")
    if count == every:
        lines.append(f"corners = np.arange({every})")
    elif count / every > FEW:
        lines.append(f"corners = chance.permutation({every})[:{count}]")
    else:
        lines += [
            "corners = []",
            f"while len(corners) < {count}:",
            f"    corner = chance.randint({every})",
            "    if corner not in corners:",
            "        corners.append(corner)",
            "corners = np.array(corners)",
        ]
    lines.append(f"corners = corners[:, None] >> np.arange({inside})[::-1] & 1  # binary digits")
    return [*lines, *(["corners = np.hstack([first, corners])"] if dimensions > WIDE else [])]


def _centers(settings: Settings, clusters: int) -> list[str]:
    side = literal(settings["separation"])
    lines = [f"centers = corners * (2 * {side}) - {side}"]
    if not settings["hypercube"]:
        lines.append(f"centers = centers * chance.uniform(size=({clusters}, 1))")
        lines.append(f"centers = centers * chance.uniform(size=(1, {settings['informative']}))")
    return lines


def _cluster_sizes(settings: Settings, clusters: int) -> list[int]:
    rows, classes, each = settings["samples"], settings["classes"], settings["clusters"]
    weights = DATASETS["classification"].arguments(settings)["weights"] or [1.0 / classes] * classes
    sizes = [int(rows * weights[cluster % classes] / each) for cluster in range(clusters)]
    for place in range(rows - sum(sizes)):
        sizes[place % clusters] += 1
    return sizes


def _useless(settings: Settings) -> list[str]:
    """Features that are mixtures or copies of others, or chance alone."""
    used, redundant, repeated = settings["informative"], settings["redundant"], settings["repeated"]
    known, rows = used + redundant, settings["samples"]
    left = settings["features"] - known - repeated
    lines = []
    if redundant:
        lines.append(f"mixing = 2 * chance.uniform(size=({used}, {redundant})) - 1")
        lines.append(f"x[:, {used}:{known}] = np.dot(x[:, :{used}], mixing)")
    if repeated:
        lines.append(f"copied = ({known - 1} * chance.uniform(size={repeated}) + 0.5).astype(np.int64)")
        lines.append(f"x[:, {known}:{known + repeated}] = x[:, copied]")
    if left:
        lines.append(f"x[:, -{left}:] = chance.standard_normal(({rows}, {left}))")
    return lines


def _wrong_labels(settings: Settings) -> list[str]:
    if not settings["flip"] and not settings["shuffle"]:
        return []
    rows, share = settings["samples"], literal(settings["flip"])
    return [
        f"wrong = chance.uniform(size={rows}) < {share}  # labels drawn by chance",
        f"y[wrong] = chance.randint({settings['classes']}, size=wrong.sum())",
    ]


def _moved(settings: Settings) -> list[str]:
    lines = [f"x = x + {literal(settings['shift'])}"] if settings["shift"] else []
    return [*lines, f"x = x * {literal(settings['scale'])}"] if settings["scale"] != 1 else lines


def _gaussian_quantiles(settings: Settings) -> list[str]:
    rows, features, classes = settings["samples"], settings["features"], settings["classes"]
    sizes = [rows // classes] * (classes - 1)
    sizes.append(rows - sum(sizes))
    repeats = str(sizes[0]) if len(set(sizes)) == 1 else literal(sizes)
    return [
        f"mean = np.full({features}, {literal(settings['mean'])})",
        f"covariance = {literal(settings['covariance'])} * np.identity({features})",
        f"x = chance.multivariate_normal(mean, covariance, {rows})",
        "# From the middle outward, as many rows for each class.",
        "x = x[np.argsort(np.sum((x - mean) ** 2, axis=1))]",
        f"y = np.repeat(np.arange({classes}), {repeats})",
        *_shuffled(settings),
    ]


def _swiss_roll(settings: Settings) -> list[str]:
    rows = settings["samples"]
    if settings["hole"]:
        made = [
            "# Eight rectangles around a hole, each 1.5 to 4.5 half turns out and 0 to 14 up.",
            "places = [(np.pi * (1.5 + i), j * 7) for i in range(3) for j in range(3)]",
            "corners = np.delete(places, 4, axis=0)",
            f"corner = corners[chance.choice(8, {rows})].T",
            f"y, height = corner + chance.uniform(size=(2, {rows})) * [[np.pi], [7]]",
        ]
    else:
        made = [
            f"y = 1.5 * np.pi * (1 + 2 * chance.uniform(size={rows}))  # how far along the roll",
            f"height = 21 * chance.uniform(size={rows})",
        ]
    noise = literal(settings["noise"])
    moved = [f"x = x + {noise} * chance.standard_normal(x.shape)"] if settings["noise"] else []
    shown = "x = np.column_stack([x[0], x[2]])  # from the side" if settings["view"] == "side" else "x = x.T.copy()"
    return [*made, "x = np.array([y * np.cos(y), height, y * np.sin(y)])", *moved, shown]


def _friedman1(settings: Settings) -> list[str]:
    return [
        f"x = chance.uniform(size=({settings['samples']}, {settings['features']}))",
        "y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2",
        "y = y + 10 * x[:, 3] + 5 * x[:, 4]",
        *filter(None, [_target_noise(settings)]),
    ]


def _friedman_features(settings: Settings) -> list[str]:
    return [
        f"x = chance.uniform(size=({settings['samples']}, 4))",
        "x[:, 0] *= 100",
        "x[:, 1] = x[:, 1] * (520 * np.pi) + 40 * np.pi",
        "x[:, 3] = x[:, 3] * 10 + 1",
        "reactance = x[:, 1] * x[:, 2] - 1 / (x[:, 1] * x[:, 3])",
    ]


def _friedman2(settings: Settings) -> list[str]:
    formula = "y = (x[:, 0] ** 2 + reactance**2) ** 0.5"
    return [*_friedman_features(settings), formula, *filter(None, [_target_noise(settings)])]


def _friedman3(settings: Settings) -> list[str]:
    formula = "y = np.arctan(reactance / x[:, 0])"
    return [*_friedman_features(settings), formula, *filter(None, [_target_noise(settings)])]


_MAKERS: dict[str, Callable[[Settings], list[str]]] = {
    "circles": _circles,
    "blobs": _blobs,
    "regression": _regression,
    "moons": _moons,
    "classification": _classification,
    "gaussian_quantiles": _gaussian_quantiles,
    "swiss_roll": _swiss_roll,
    "friedman1": _friedman1,
    "friedman2": _friedman2,
    "friedman3": _friedman3,
}
