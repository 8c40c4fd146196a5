"""The choices of how a file is read, in words: what they are called, what there is to choose, and for which formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnbuilder.tables.choices import SPACES

TEXT, SHEET, ALL = ("csv",), ("xlsx",), ("csv", "xlsx", "parquet")

ENCODING_WORDS = (
    ("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("utf-32", "UTF-32"), ("cp1252", "cp1252  Western Europe"),
    ("latin-1", "latin-1  Western Europe"), ("iso8859-15", "iso8859-15  Western Europe"),
    ("cp1250", "cp1250  Central Europe"), ("iso8859-2", "iso8859-2  Central Europe"), ("cp1251", "cp1251  Cyrillic"),
    ("koi8-r", "koi8-r  Cyrillic"), ("cp1253", "cp1253  Greek"), ("cp1254", "cp1254  Turkish"),
    ("cp1255", "cp1255  Hebrew"), ("cp1256", "cp1256  Arabic"), ("mac-roman", "mac-roman  older Macs"),
    ("cp437", "cp437  DOS"), ("cp850", "cp850  DOS, Western Europe"), ("shift_jis", "shift_jis  Japanese"),
    ("euc-jp", "euc-jp  Japanese"), ("gb18030", "gb18030  Chinese"), ("big5", "big5  traditional Chinese"),
    ("euc-kr", "euc-kr  Korean"),
)  # fmt: skip
ENCODINGS = tuple(name for name, _ in ENCODING_WORDS)
SIGNS = {
    ",": "Comma  ,",
    ";": "Semicolon  ;",
    "\t": "Tab",
    "|": "Pipe  |",
    ":": "Colon  :",
    " ": "One space",
    SPACES: "Any number of spaces",
}
QUOTES = {'"': 'Double  "', "'": "Single  '", "": "None"}


@dataclass(frozen=True)
class ReadingChoice:
    """A field of `nnbuilder.tables.choices.Choices` as the page shows it.

    `values` are offered with their words; where it is `open`, others can be typed in. `numbers`: it is a count.
    `nothing` is the value that changes nothing, and `usual` why it is that where detection gives no reason.
    """

    name: str
    label: str
    help: str
    formats: tuple[str, ...] = TEXT
    values: tuple[Any, ...] = ()
    words: tuple[tuple[Any, str], ...] = ()
    open: bool = False
    numbers: bool = False
    nothing: Any = None
    usual: str = ""

    def typed(self, text: Any) -> Any:
        """What was picked or typed as the value that reading takes; a backslash and t are a tab."""
        return "\t" if self.name == "separator" and text == "\\t" else text


CHOICES = (
    ReadingChoice(
        "encoding",
        "Encoding",
        "How the letters of the file are stored; type another name that Python knows.",
        values=ENCODINGS,
        words=ENCODING_WORDS,
        open=True,
    ),
    ReadingChoice(
        "separator",
        "Separator",
        "What stands between two cells; type another one.",
        values=tuple(SIGNS),
        words=tuple(SIGNS.items()),
        open=True,
    ),
    ReadingChoice(
        "quote",
        "Quote mark",
        "What stands around a cell that holds a separator or a line end.",
        values=tuple(QUOTES),
        words=tuple(QUOTES.items()),
        open=True,
    ),
    ReadingChoice(
        "escape",
        "Marks inside cells",
        "How a quote mark within a quoted cell is written.",
        values=("", "\\"),
        words=(("", 'Doubled  ""'), ("\\", "After a backslash  \\")),
    ),
    ReadingChoice(
        "sheet",
        "Sheet",
        "Which sheet of the workbook is the table.",
        SHEET,
    ),
    ReadingChoice(
        "decimal",
        "Decimal mark",
        "What stands before the fraction of a number, in all columns.",
        ALL,
        values=(None, ".", ","),
        words=((None, "Each column by itself"), (".", "Point  1.5"), (",", "Comma  1,5")),
        usual="by what the cells of each column are like",
    ),
    ReadingChoice(
        "thousands",
        "Between thousands",
        "What stands between the thousands of a number, in all columns.",
        ALL,
        values=(None, ",", ".", " ", "'"),
        words=(
            (None, "Each column by itself"),
            ("", "Nothing  1000"),
            (",", "Comma  1,000"),
            (".", "Point  1.000"),
            (" ", "Space  1 000"),
            ("'", "Apostrophe  1'000"),
        ),
        usual="by what the cells of each column are like",
    ),
    ReadingChoice(
        "header_rows",
        "Rows with names",
        "How many rows above the data hold the names of the columns; 0 for none.",
        ("csv", "xlsx"),
        numbers=True,
    ),
    ReadingChoice(
        "skip_rows",
        "Lines before the table",
        "Lines that are skipped before the names, blank ones too.",
        ("csv", "xlsx"),
        numbers=True,
        nothing=0,
        usual="the table begins at the first line",
    ),
    ReadingChoice(
        "footer_rows",
        "Lines after the table",
        "Lines that are left out at the end, blank ones not counted.",
        ("csv", "xlsx"),
        numbers=True,
        nothing=0,
        usual="the table goes to the last line",
    ),
    ReadingChoice(
        "left_out",
        "Lines left out",
        "Lines within the table that are no rows of it, such as sums: their numbers with a space between them.",
        ("csv", "xlsx"),
        values=(None,),
        words=((None, "None"),),
        open=True,
        usual="every line of the table is a row",
    ),
    ReadingChoice(
        "lines",
        "Shape of the lines",
        "Whether lines are separated text as they stand, are quoted as a whole, or have cells at fixed places.",
        values=(None, "plain", "quoted", "framed", "fixed"),
        words=(
            (None, "As detected"),
            ("plain", "Separated text"),
            ("quoted", "Each quoted as a whole"),
            ("framed", "Drawn with | at both ends"),
            ("fixed", "Cells at fixed places"),
        ),
        usual="the lines are separated text as they stand",
    ),
    ReadingChoice(
        "merged",
        "Merged cells",
        "What becomes of the empty cells that Excel merged with another.",
        SHEET,
        values=(None, "leave", "fill"),
        words=((None, "As they are"), ("leave", "Left empty"), ("fill", "Filled with the value of the range")),
        usual="only the first cell of a merged range holds its value",
    ),
    ReadingChoice(
        "comment",
        "Comment lines",
        "What a line begins with that is no row.",
        values=("", "#", "%", "//", ";"),
        words=(("", "None"),),
        open=True,
        nothing="",
        usual="no lines look like comments",
    ),
    ReadingChoice(
        "part",
        "Table in the file",
        "Which of several tables that stand one after the other.",
        ("csv", "xlsx"),
        numbers=True,
        nothing=0,
        usual="there is one table",
    ),
    ReadingChoice(
        "ragged",
        "Rows that do not fit",
        "What becomes of rows with too few or too many cells, or with a quote mark out of place.",
        values=(None, "skip", "pad", "mend"),
        words=(
            (None, "As detected"),
            ("skip", "Left out"),
            ("pad", "Short ones filled with empty cells"),
            ("mend", "Mended where only one way fits"),
        ),
        usual="every row has the same number of cells, or you are asked",
    ),
    ReadingChoice(
        "header_align",
        "Names for columns",
        "Where the names go if there are more or fewer of them than columns.",
        values=(None, "left", "right", "none"),
        words=(
            (None, "As detected"),
            ("left", "From the left"),
            ("right", "From the right"),
            ("none", "They are no names"),
        ),
        usual="each column has a name, or you are asked",
    ),
    ReadingChoice(
        "header_names",
        "Several header rows",
        "Which of them name the columns.",
        ("csv", "xlsx"),
        values=(None, "all", "first"),
        words=((None, "As detected"), ("all", "All of them together"), ("first", "The first; the others are left out")),
        usual="one row holds the names, or you are asked",
    ),
)


def value_label(choice: ReadingChoice, value: Any) -> str:
    """What a value of a choice is called."""
    words = dict(choice.words)
    if value in words:
        return words[value]
    return "As detected" if value is None else str(value)
