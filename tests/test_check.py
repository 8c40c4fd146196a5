import pytest

from nnbuilder.check import check
from nnbuilder.data.facts import describe
from nnbuilder.errors import InvalidProject, errors_only
from tests.projects import layers, project


def found(made, **options):
    return {problem.path: problem for problem in check(made, **options)}


def repaired(made, path):
    """The project after the repair of the problem at `path`, which must then be gone."""
    repair = found(made)[path].repair
    assert repair is not None
    better = made.edited(*repair.edits)
    assert path not in found(better) or found(better)[path].message != found(made)[path].message
    return better


@pytest.mark.parametrize("source", ["circles", "blobs", "regression"])
def test_a_sensible_project_has_no_problems(source):
    assert check(project(source)) == []


@pytest.mark.parametrize(
    ("made", "path", "severity", "words", "after"),
    [
        (
            project("blobs", layers(5, "relu", 4, "softmax")),
            "network.layers[3]",
            "error",
            "softmax inside",
            ["linear", "relu", "linear"],
        ),
        (
            project(stack=layers(5, "relu", 1, "sigmoid")),
            "network.layers[3]",
            "error",
            "sigmoid inside",
            ["linear", "relu", "linear"],
        ),
        (
            project(stack=layers(5, "relu", 1), loss="bce"),
            "network.layers[2]",
            "error",
            "between 0 and 1",
            ["linear", "relu", "linear", "sigmoid"],
        ),
        (
            project("blobs", layers(5, "relu", 4), loss="nll"),
            "network.layers[2]",
            "error",
            "log probabilities",
            ["linear", "relu", "linear", "log_softmax"],
        ),
        (
            project("blobs", layers(5, "relu", 4, "softmax"), loss="nll"),
            "network.layers[3]",
            "error",
            "log probabilities",
            ["linear", "relu", "linear", "log_softmax"],
        ),
        (
            project("regression", layers(5, "relu", 1, "sigmoid")),
            "network.layers[3]",
            "warning",
            "from 0 to 1",
            ["linear", "relu", "linear"],
        ),
        (
            project("regression", layers(5, "relu", 1, "relu")),
            "network.layers[3]",
            "warning",
            "0 and more",
            ["linear", "relu", "linear"],
        ),
        (
            project(stack=layers(5, 1)),
            "network.layers[1]",
            "warning",
            "no activation between",
            ["linear", "relu", "linear"],
        ),
        (
            project(stack=layers(5, "identity", "dropout", 1)),
            "network.layers[3]",
            "warning",
            "no activation between",
            ["linear", "identity", "dropout", "relu", "linear"],
        ),
        (
            project(stack=layers(5, "relu", 1, "dropout")),
            "network.layers[3]",
            "warning",
            "silences the answers",
            ["linear", "relu", "linear"],
        ),
        (
            project(stack=layers(5, "relu", 1), loss="hinge_embedding"),
            "network.layers[2]",
            "warning",
            "distance",
            ["linear", "relu", "linear", "softplus"],
        ),
        (
            project(stack=layers(5, "relu", 1, "softmax", 1)),
            "network.layers[3]",
            "error",
            "always answers 1",
            ["linear", "relu", "linear", "linear"],
        ),
    ],
)
def test_layers_that_do_not_fit_are_named_and_repaired(made, path, severity, words, after):
    problem = found(made)[path]
    assert problem.severity == severity
    assert words in problem.message
    assert [layer.kind for layer in repaired(made, path).network.layers] == after


@pytest.mark.parametrize(
    ("made", "path", "words"),
    [
        (project("blobs", layers(5, "relu", 3)), "network.layers[2].units", "4 classes"),
        (project("circles", layers(5, "relu", 2)), "network.layers[2].units", "single output"),
        (project("regression", loss="cross_entropy"), "training.loss", "is a number"),
        (project("blobs", loss="bce_with_logits"), "training.loss", "the data have 4"),
        (project("blobs", loss="mse"), "training.loss", "4 classes"),
        (
            project(stack=layers(5, "batch_norm", "relu", 1), batch_size=1),
            "training.batch_size",
            "two rows or more",
        ),
        (
            project({"kind": "circles", "samples": 255}, layers(5, "batch_norm", "relu", 1), batch_size=8),
            "training.batch_size",
            "last batch holds one row",
        ),
        (project(optimizer={"kind": "lbfgs"}), "training.batch_size", "full batch"),
        (project(optimizer={"kind": "adam", "learning_rate": 1e6}), "training.optimizer.learning_rate", "blow up"),
        (project(optimizer={"kind": "sgd", "learning_rate": 1e-9}), "training.optimizer.learning_rate", "hardly move"),
        (project(optimizer={"kind": "sgd", "nesterov": True}), "training.optimizer.nesterov", "momentum"),
        (project(metric="r2"), "training.metric", "does not fit"),
        (project(metric="acuracy"), "training.metric", "did you mean accuracy"),
        (project(device="gpu"), "training.device", "no device called"),
        (
            project(early_stopping={"kind": "patience"}, data={"validation": 0.0}),
            "training.early_stopping",
            "no validation rows",
        ),
        (
            project("blobs", loss={"kind": "cross_entropy", "class_weights": [1.0, 2.0]}),
            "training.loss.class_weights",
            "2 class weights for 4 classes",
        ),
        (
            project(stack=layers({"kind": "hardtanh", "min_val": 0.0, "max_val": 0.0001}, 4, "relu", 1)),
            None,
            None,
        ),
        (project(data={"validation": 0.5, "test": 0.5}), "data.validation", "none to train on"),
        (project(loss="mse"), "training.loss", "learns faster"),
        (project(stack=layers(5, "relu", 1, "sigmoid"), loss="bce"), "training.loss", "log-sum-exp"),
        (
            project(stack=layers({"kind": "linear", "units": 4, "initializer": {"kind": "zeros"}}, "relu", 1)),
            "network.layers[0].initializer",
            "start equal",
        ),
        (
            project(
                stack=layers(
                    {"kind": "linear", "units": 4, "initializer": {"kind": "uniform", "low": 1.0, "high": -1.0}},
                    "relu",
                    1,
                )
            ),
            "network.layers[0].initializer.high",
            "above the lower",
        ),
        (
            project(stack=layers({"kind": "linear", "units": 1, "frozen": True})),
            "network.layers[0].frozen",
            "nothing can learn",
        ),
        (project(stack=layers("relu")), "network.layers", "no Linear layer"),
    ],
)
def test_settings_that_do_not_fit_are_named_and_repaired(made, path, words):
    if path is None:
        assert errors_only(check(made)) == ()
        return
    assert words in found(made)[path].message
    repaired(made, path)


def test_repairs_lead_to_a_project_without_errors():
    made = project("blobs", layers(5, 3, "sigmoid"), loss="bce", optimizer={"kind": "lbfgs"})
    for _ in range(10):
        problems = [problem for problem in check(made) if problem.repair]
        if not problems:
            break
        made = made.edited(*problems[0].repair.edits)
    assert check(made) == []


def test_a_network_too_large_for_memory_is_refused_by_arithmetic():
    made = project(stack=layers(100_000, "relu", 100_000, "relu", 1))
    problem = found(made, memory=8 * 2**30)["network.layers[2].units"]
    assert problem.severity == "error"
    assert "10 000 500 001 numbers" in problem.message
    smaller = made
    for _ in range(6):
        left = errors_only(check(smaller, memory=8 * 2**30))
        if not left:
            break
        smaller = smaller.edited(*left[0].repair.edits)
    assert errors_only(check(smaller, memory=8 * 2**30)) == ()


def test_facts_may_come_from_elsewhere():
    made = project("blobs")
    assert check(made, describe(project("circles").data))[0].path == "network.layers[2].units"


def test_an_extra_input_that_cannot_be_made_is_taken_out():
    made = project("circles", data={"terms": [["sine", "x1"], ["square", "x9"]]})
    assert "needs the column 'x9'" in found(made)["data.terms[1]"].message
    assert repaired(made, "data.terms[1]").data.terms == [["sine", "x1"]]


@pytest.mark.parametrize("terms", [[["product", "x1", "x2"], ["product", "x2", "x1"]], [["cube", "x1"]], "square"])
def test_extra_inputs_that_make_no_sense_are_no_project(terms):
    with pytest.raises(InvalidProject, match=r"data\.terms"):
        project("circles", data={"terms": terms})
