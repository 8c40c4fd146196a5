"""Numbers in generated code are the very ones, written as a formatter leaves them."""

import math
import random
import struct
import subprocess
import sys

from nnbuilder.source.literals import literal


def test_a_number_is_itself_and_written_as_the_formatter_writes_it(tmp_path):
    chance = random.Random(3)
    numbers = [0.0, -0.0, 1e300, -1.5e300, 1e16, 1e22, 1e-5, 5e-324, 1.7976931348623157e308, 0.1]
    while len(numbers) < 400:
        number = struct.unpack("<d", chance.randbytes(8))[0]
        if math.isfinite(number):
            numbers.append(number)
    for number in numbers:
        back = eval(literal(number))
        assert struct.pack("<d", back) == struct.pack("<d", number)
    path = tmp_path / "numbers.py"
    path.write_text("".join(f"x = {literal(number)}\n" for number in numbers), encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", "--diff", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
