"""Finds everything that is wrong with a project before any of it is made."""

from nnbuilder.check.project import check

__all__ = ["check"]
