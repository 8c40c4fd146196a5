"""Run by ``python -I``, without this program in reach: does what people do with a file, and writes down the answers.

It imports nothing of this program. The job is JSON: a list of tasks, each with a folder to work in, code to run there,
an expression to evaluate afterwards and arrays that it may name. The answers are arrays beside the job, or sentences.
"""

import contextlib
import io
import json
import os
import signal
import sys
import traceback
import warnings


def main(path):
    """Do the tasks of a job one after another."""
    end_with_parent()
    with open(path, encoding="utf-8") as file:
        job = json.load(file)
    assert not any(name.partition(".")[0] == "nnbuilder" for name in sys.modules)
    for task in job["tasks"]:
        print(json.dumps({"task": task["name"], **done(task, job["threads"], job["warnings"])}), flush=True)


def end_with_parent():
    """Be ended with the process that asked, where the kernel can see to it."""
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)


def done(task, threads, what):
    """What came of a task; an error is told, not raised."""
    words = io.StringIO()
    before = set(sys.modules)
    sys.path.insert(0, task["folder"])
    os.chdir(task["folder"])
    try:
        with contextlib.redirect_stdout(words), warnings.catch_warnings():
            warnings.simplefilter(what)
            run(task, threads)
    except BaseException as error:
        traceback.print_exc()
        lines = str(error).strip().splitlines()
        return {"error": f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__}
    finally:
        sys.path.remove(task["folder"])
        # The next task may bring a file of the same name.
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(task["folder"]):
                del sys.modules[name]
    return {"said": words.getvalue()[-2000:]}


def run(task, threads):
    """Run the code, then evaluate what is asked for, with the arrays by their names."""
    import numpy as np

    if task["runtime"] == "torch":
        import torch

        torch.set_num_threads(threads)
    elif task["runtime"] == "onnxruntime":
        import onnxruntime

        # It tells of graphics cards that it did not find.
        onnxruntime.set_default_logger_severity(3)
    space: dict[str, object] = {"__name__": "__main__"}
    exec(compile(task["code"], task["name"], "exec"), space)
    if task["ask"]:
        arrays = np.load(task["arrays"], allow_pickle=False)
        space |= {name: arrays[name] for name in arrays.files} | {"np": np}
        np.save(task["answer"], np.asarray(eval(task["ask"], space)))


if __name__ == "__main__":
    main(sys.argv[1])
