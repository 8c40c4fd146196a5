"""Arrow's functions on columns, under a name that type checkers let pass: Arrow makes them at run time."""

from __future__ import annotations

from typing import Any

import pyarrow.compute

compute: Any = pyarrow.compute
