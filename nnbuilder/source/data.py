"""The few lines of pandas and torch that make the very tensors a project trains on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnbuilder.catalog.sources import TABLE
from nnbuilder.facts import DataFacts
from nnbuilder.source.generated import DATA_FILE, write_generated
from nnbuilder.source.script import Script, Section
from nnbuilder.source.tensors import write_loaders, write_parts

if TYPE_CHECKING:
    from nnbuilder.spec import Data, Training
    from nnbuilder.tables.library import Opened


@dataclass(frozen=True)
class Code:
    """Python source.

    `reads` is the name of the file it reads, beside which it is to be run, or "". `needs` says in one sentence why that
    is a cleaned copy and not the person's own file, or is "". `sections` are its parts, where it has any.
    `starts` is the name of a file with the weights that some layers start from, to lie beside it, too, or "".
    """

    text: str
    reads: str = ""
    needs: str = ""
    sections: tuple[Section, ...] = ()
    starts: str = ""


@dataclass(frozen=True)
class Beside:
    """The file that code reads (`reads`, or ""), and why it is not the person's own (`needs`, or "")."""

    reads: str = ""
    needs: str = ""


def data_code(
    data: Data,
    training: Training,
    facts: DataFacts,
    opened: Opened | None = None,
    copy: str = "",
    plain: bool = False,
) -> Code:
    """The code from a project's data to tensors.

    It defines ``x_train``, ``y_train`` and the same for validation and test, ``train_set``, ``train_loader`` and, where
    there are classes, ``class_names``. The tensors are those of `nnbuilder.data.prepare`, to the last bit, with the
    target as the loss wants it.

    Parameters
    ----------
    data, training
        Of the project; of training the loss, the batch size, shuffling and the seed matter.
    facts
        What preparing the data came to, as `nnbuilder.data.facts.describe` says.
    opened
        The table, where the data are one.
    copy
        What the cleaned copy of a table is called where it is saved, for files that pandas would read otherwise.
    plain
        Whether it needs torch, pandas and NumPy only, and not scikit-learn.

    Raises
    ------
    NNBuilderError
        If table and facts do not belong to the data.
    """
    script = Script()
    beside = write_data(script, data, training, facts, opened, copy, plain)
    write_loaders(script, training, facts)
    return Code(script.text, beside.reads, beside.needs, tuple(script.sections))


def write_data(
    script: Script,
    data: Data,
    training: Training,
    facts: DataFacts,
    opened: Opened | None = None,
    copy: str = "",
    plain: bool = True,
) -> Beside:
    """Write the code up to ``x_train``, ``y_train`` and the same for validation and test; see `data_code`.

    With `plain` it has sections, leaves out parts without rows, and keeps what it learned from the training rows: in
    ``fill`` and ``seen``, by column, and in ``center`` and ``scale``, as far as the project needs them
    (`nnbuilder.source.saving` saves them).
    """
    form = training.loss_row.target
    if data.source.kind != TABLE:
        read = write_generated(script, data, facts, form, plain)
        beside = Beside(DATA_FILE, _NOT_MADE) if read else Beside()
    else:
        if opened is None:
            raise ValueError("The data are a table, which is to be given, too.")
        # Of tables other data need nothing.
        from nnbuilder.source.tables import write_table

        source = write_table(script, data, facts, opened, form, copy, plain)
        beside = Beside(source.file, source.needs)
    rows = {"train": facts.train_rows, "validation": facts.validation_rows, "test": facts.test_rows}
    write_parts(script, [part for part, count in rows.items() if count or not plain])
    return beside


_NOT_MADE = (
    f"These points are made with SciPy's linear algebra, so the code reads them from “{DATA_FILE}”: save the data as "
    "they were made here."
)
