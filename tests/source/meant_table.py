"""A table whose cells mean numbers without being written as such, with what a person answers about them."""

from typing import Any

from nnbuilder.tables.answers import with_answers
from nnbuilder.tables.library import Library

COLUMNS: dict[str, tuple[str, ...]] = {
    "salary": ("45k", "1.2M", "€ 300k".replace("€ ", ""), "52.29k"),
    "price": ("$45K", "$1.1M", "$7k", "$12.5k"),
    "reviews": ("10,000+", "500+", "1,000,000+", "50+"),
    "level": ("<0.1", "~3", "2.5", "ca. 4"),
    "start": ("09:30", "23:05", "0:07", "12:00"),
    "lap": ("61:30", "59:58", "0:07", "1:02:03"),
    "length": ("1h 30m", "45 min", "2h", "90s"),
    "clock": ("10:30 AM", "12:05 pm", "12:10 AM", "1:00 PM"),
    "height": ("5'11\"", "6'0\"", "5'7.5\"", "6'"),
    "latitude": ("52.52° N", "13°24'18\" S", "0.5 N", "W 7"),
    "age": ("18-24", "25-34", "35–44", "45+"),
    "saldo": ("5.50-", "7", "1,234.00-", "0.5"),
    "booked": ("5.00 CR", "7.25 DR", "3 CR", "2 DR"),
    "stars": ("1 star", "4 stars", "5 stars", "3.5 stars"),
}
ANSWERED = {"lap": 0, "start": 0}


def meant_table(rows: int = 60) -> tuple[bytes, dict[str, Any]]:
    """The file, and the source's answers after the first button of every finding that has one was clicked."""
    lines = [",".join([*COLUMNS, "when", "kind", "count", "y"])]
    for row in range(rows):
        cells = [texts[(row * 7 + row // 4) % len(texts)] for texts in COLUMNS.values()]
        cells.append(f"{row % 28 + 1:02d}.{row % 12 + 1:02d}.{(5, 45, 65, 99)[row % 4]:02d}")
        cells.append(("Male", "male ", "M.", "Female", "female", "caf\u00e9", "cafe\u0301")[row % 7])
        cells.append("".join(chr(0x660 + int(digit)) for digit in str(row * 37 % 101)) + ("٫٥" if row % 3 else ""))
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in [*cells, str(row % 3)]))
    content = ("\n".join(lines) + "\n").encode()
    opened = Library.default().read(Library.default().keep(content), "t.csv", {}, {})
    answers: dict[str, Any] = {}
    for finding in opened.findings:
        for option in finding["options"][:1]:
            if set(option["answers"]) <= {*COLUMNS, "kind"}:
                answers = with_answers(answers, option["answers"])
    return content, answers
