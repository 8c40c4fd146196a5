"""What ``python -m nnbuilder table FILE`` does: tell how a file is read, and write it anew as clean CSV."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from nnbuilder.errors import NNBuilderError


def add(commands: Any) -> None:
    """Add the command to those of the program."""
    table: argparse.ArgumentParser = commands.add_parser(
        "table", help="tell how a table file is read, and write it anew as clean CSV"
    )
    table.add_argument("file", metavar="FILE")
    table.add_argument(
        "--read",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="overrule a choice, such as separator=; or header_rows=0; as often as needed",
    )
    table.add_argument("--csv", metavar="OUT", help="write the table as CSV in UTF-8, every cell safe in a spreadsheet")
    table.add_argument("--json", action="store_true", help="tell it as JSON")
    table.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Tell how the file is read; 0.

    Raises
    ------
    NNBuilderError
        If the file cannot be read, or the copy not written.
    """
    # Arrow takes a while to load, and no other command needs it.
    from nnbuilder.tables.described import choices_of, describe_table, in_words, write_clean_csv
    from nnbuilder.tables.reading import read_table

    path = Path(options.file)
    try:
        table = read_table(path, path.name, choices_of(options.read))
    except OSError as error:
        raise NNBuilderError(f"{options.file} cannot be read ({error.strerror}); check the name.") from None
    described = describe_table(table)
    if options.csv is not None:
        write_clean_csv(table, Path(options.csv))
    if options.json:
        print(json.dumps(described, indent=2, ensure_ascii=False, allow_nan=False))
        return 0
    for line in in_words(path.name, described):
        print(line)
    return 0
