"""Makes the sample files that come from scikit-learn or from a seed, byte for byte as they lie here.

``python sample_data/make.py [FOLDER]`` writes them into FOLDER (this one if left out). penguins.csv is
no work of this script: it is the file of the palmerpenguins package, unchanged.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An ordinary CSV file: UTF-8, commas, one header line, lines that end in LF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


# From scikit-learn


def bundled(load: str, target: str, labels: Sequence[str] = (), **options: Any) -> bytes:
    """A data set that scikit-learn brings along: its features, and the target last, classes by their names."""
    from sklearn import datasets

    bunch = getattr(datasets, load)(**options)
    answers = [labels[code] for code in bunch.target] if labels else _numbers(bunch.target)
    columns = [*(_numbers(column) for column in bunch.data.T), answers]
    names = [_name(name) for name in bunch.feature_names]
    return table([*names, target], zip(*columns, strict=True))


def _name(name: str) -> str:
    """``sepal length (cm)`` as ``sepal_length_cm``, and ``od280/od315_of_…`` as ``od280_od315_of_…``."""
    return name.replace("(", "").replace(")", "").replace(" ", "_").replace("/", "_")


def _numbers(column: Any) -> list[str]:
    """The shortest texts that read back as the same numbers; without a point where all are whole."""
    values = [float(value) for value in column]
    whole = all(value.is_integer() for value in values)
    return [str(int(value)) if whole else repr(value) for value in values]


def iris() -> bytes:
    """Iris flowers of three species."""
    return bundled("load_iris", "species", ("setosa", "versicolor", "virginica"))


def wine() -> bytes:
    """Chemical analyses of wines from three cultivars."""
    return bundled("load_wine", "cultivar", ("class_0", "class_1", "class_2"))


def breast_cancer() -> bytes:
    """Cell nuclei of benign and malignant tumors."""
    return bundled("load_breast_cancer", "diagnosis", ("malignant", "benign"))


def diabetes() -> bytes:
    """Patients and how far the disease got in a year, in the units measured."""
    return bundled("load_diabetes", "progression", scaled=False)


def digits() -> bytes:
    """Handwritten digits of 8 × 8 pixels."""
    return bundled("load_digits", "digit", [f"digit {number}" for number in range(10)])


# From a seed


def rent(rows: int = 500, seed: int = 0) -> bytes:
    """rent = 2.5 · size_sqft − 1.5 · age + 1000, and chance with a deviation of 50."""
    rng = np.random.default_rng(seed)
    size, age = rng.integers(300, 3001, rows), rng.integers(0, 101, rows)
    price = 2.5 * size - 1.5 * age + 1000 + 50 * rng.standard_normal(rows)
    return table(
        ("size_sqft", "age", "rent"),
        ([size[row], age[row], f"{price[row]:.2f}"] for row in range(rows)),
    )


WEATHER = ("clear", "cloudy", "rain")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOLIDAYS = {(1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31)}


def bikes(seed: int = 1) -> bytes:
    """Bicycles rented on each day of two years: warm, dry working days are best, and business grows."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(731):
        day = date(2023, 1, 1) + timedelta(days=number)
        # Warmest in the middle of July.
        warmth = 11 - 11 * np.cos(2 * np.pi * (day.timetuple().tm_yday - 15) / 365.25) + rng.normal(0, 3.5)
        weather = int(rng.choice(3, p=(0.45, 0.33, 0.22)))
        wind = rng.gamma(4, 3.5)
        holiday = (day.month, day.day) in HOLIDAYS
        free = holiday or day.weekday() >= 5
        rentals = (900 + 0.7 * number) * np.exp(-(((warmth - 23) / 16) ** 2)) * (1, 0.88, 0.45)[weather]
        rentals *= (0.8 if free else 1.0) * (1 - 0.008 * wind)
        rentals = max(0.0, rentals + rng.normal(0, 60))
        # The weather station failed now and then.
        measured = ("", "") if rng.random() < 0.02 else (f"{warmth:.1f}", f"{wind:.1f}")
        kind = (WEEKDAYS[day.weekday()], "yes" if holiday else "no", WEATHER[weather])
        rows.append((day.isoformat(), *kind, *measured, round(rentals)))
    return table(("date", "weekday", "holiday", "weather", "temperature_c", "wind_kmh", "rentals"), rows)


def failures(rows: int = 2000, seed: int = 2) -> bytes:
    """Milling machines, of which few fail: from overload (torque with wear) or from heat at low speed."""
    rng = np.random.default_rng(seed)
    made = []
    for number in rng.permutation(rows):
        size = int(rng.choice(3, p=(0.5, 0.3, 0.2)))
        speed = rng.normal(1540, 180)
        torque = max(3.0, 40 - 0.035 * (speed - 1540) + rng.normal(0, 8))
        wear = rng.uniform(0, 240)
        air = rng.normal(25, 3)
        overload = (torque * wear / 1000 - (9.6, 10.3, 11.0)[size]) / 0.5
        heat = (air - 30.5) / 0.8 - max(0.0, (speed - 1480) / 40)
        failed = max(overload, heat) + rng.logistic(0, 0.5) > 0
        machine = (f"{number + 1:05d}", ("small", "medium", "large")[size])
        readings = (f"{air:.1f}", round(speed), f"{torque:.1f}", round(wear))
        made.append((*machine, *readings, "yes" if failed else "no"))
    return table(
        ("machine_id", "size", "air_temperature_c", "speed_rpm", "torque_nm", "tool_wear_min", "failure"), made
    )


MISSING = ("", "NA", "n/a", "-", "?", "no answer")
MONTHS = {3: "March", 4: "April", 5: "May"}
CITIES = ("Zürich", "Köln", "Málaga", "Besançon")


def messy(rows: int = 240, seed: int = 3) -> bytes:
    """A customer survey as such files come: the README lists what is wrong with it."""
    rng = np.random.default_rng(seed)
    lines = ["Customer survey spring 2024", "Exported 2024-06-30 by the front office", ""]
    lines.append("customer_id;visit date;city;age;score;score;waiting time;discount;spend;recommends")
    total = 0.0
    for number in range(rows):
        day = date(2024, 3, 1) + timedelta(days=int(rng.integers(0, 92)))
        age = int(rng.integers(18, 80))
        first, second = (int(value) for value in rng.integers(1, 11, 2))
        waiting = rng.gamma(3, 5)
        spend = float(np.exp(rng.normal(5.5, 1)))
        likes = 0.5 * (first + second - 11) - 0.15 * (waiting - 15) + rng.logistic(0, 0.6) > 0
        total += round(spend, 2)
        cells = [
            f"{number + 1:04d}",
            _day(day, int(rng.integers(0, 3))),
            _city(CITIES[int(rng.integers(0, 4))], int(rng.integers(0, 12))),
            str(age),
            str(first),
            str(second),
            f"{waiting:.1f} min".replace(".", ","),
            f"{rng.integers(0, 61) / 2:.1f} %".replace(".0", "").replace(".", ","),
            f"€ {spend:,.2f}".translate(str.maketrans(",.", ".,")),
            "yes" if likes else "no",
        ]
        for place in (3, 4, 6, 8):
            if rng.random() < 0.05:
                cells[place] = MISSING[int(rng.integers(0, len(MISSING)))]
        lines.append(";".join(cells))
        if number == 99:
            lines.append("")
    sums = f"€ {total:,.2f}".translate(str.maketrans(",.", ".,"))
    lines.append(f"Total;;;;;;;;{sums};")
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def _day(day: date, form: int) -> str:
    return (day.isoformat(), f"{day:%d.%m.%Y}", f"{day.day}. {MONTHS[day.month]} {day.year}")[form]


def _city(city: str, slip: int) -> str:
    """A city, now and then with a slip of the hand."""
    return {0: city.upper(), 1: f" {city}", 2: f"{city} "}.get(slip, city)


FILES: dict[str, Callable[[], bytes]] = {
    "iris.csv": iris,
    "wine.csv": wine,
    "breast_cancer.csv": breast_cancer,
    "diabetes.csv": diabetes,
    "digits.csv": digits,
    "rent.csv": rent,
    "bikes.csv": bikes,
    "failures.csv": failures,
    "messy.csv": messy,
}
"""Every file this script makes, and the function that gives its bytes."""


def main(folder: Path) -> None:
    """Write every file into `folder`."""
    for name, make in FILES.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
