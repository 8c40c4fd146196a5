"""Where projects, runs and checkpoints are kept."""

from nnbuilder.store.files import StoreError
from nnbuilder.store.store import Conflict, ProjectRecord, RunRecord, Store

__all__ = ["Conflict", "ProjectRecord", "RunRecord", "Store", "StoreError"]
