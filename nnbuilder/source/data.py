"""The few lines of pandas and torch that make the very tensors a project trains on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnbuilder.catalog.sources import TABLE
from nnbuilder.facts import DataFacts
from nnbuilder.source.generated import write_generated
from nnbuilder.source.script import Script
from nnbuilder.source.tensors import write_loaders

if TYPE_CHECKING:
    from nnbuilder.spec import Data, Training
    from nnbuilder.tables.library import Opened


@dataclass(frozen=True)
class Code:
    """Python source.

    `reads` is the name of the file it reads, beside which it is to be run, or "". `needs` says in one sentence why that
    is a cleaned copy and not the person's own file, or is "".
    """

    text: str
    reads: str = ""
    needs: str = ""


def data_code(data: Data, training: Training, facts: DataFacts, opened: Opened | None = None, copy: str = "") -> Code:
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

    Raises
    ------
    NNBuilderError
        If table and facts do not belong to the data.
    """
    script = Script()
    form = training.loss_row.target
    reads = needs = ""
    if data.source.kind == TABLE:
        if opened is None:
            raise ValueError("The data are a table, which is to be given, too.")
        # Of tables other data need nothing.
        from nnbuilder.source.tables import write_table

        source = write_table(script, data, facts, opened, form, copy)
        reads, needs = source.file, source.needs
    else:
        write_generated(script, data, facts, form)
    write_loaders(script, training, facts)
    return Code(script.text, reads, needs)
