"""``python -m nnbuilder``: see `nnbuilder.cli`."""

import sys

from nnbuilder.cli import main

if __name__ == "__main__":
    sys.exit(main())
