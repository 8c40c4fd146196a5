"""Where projects, runs and checkpoints are kept."""

from nnbuilder.store.files import StoreError
from nnbuilder.store.records import Conflict, ProjectRecord, RunRecord
from nnbuilder.store.store import Store

__all__ = ["Conflict", "ProjectRecord", "RunRecord", "Store", "StoreError"]
