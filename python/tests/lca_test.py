"""Matrices in, scores out: against numpy's own solution, and against the command."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import minewheel
import pytest

numpy = pytest.importorskip("numpy")
lca = pytest.importorskip("minewheel.lca")

SIZE = 60


def economy(seed: int) -> tuple[Any, Any]:
    """A random productive economy: dense `A` with a diagonal of ones, and one flow of every activity."""
    random = numpy.random.default_rng(seed)
    used = numpy.where(random.random((SIZE, SIZE)) < 0.1, random.random((SIZE, SIZE)) * 0.05, 0.0)
    numpy.fill_diagonal(used, 0.0)
    return numpy.eye(SIZE) - used, random.random(SIZE)


def triplets(matrix: Any) -> tuple[Any, Any, Any]:
    rows, columns = numpy.nonzero(matrix)
    return rows, columns, matrix[rows, columns]


def network(seed: int = 1) -> tuple[Any, Any, Any]:
    technosphere, burdens = economy(seed)
    flows = (numpy.full(SIZE, 7), numpy.arange(SIZE), burdens)
    return lca.Network(triplets(technosphere), flows), technosphere, burdens


def scores_are_those_of_a_dense_solver() -> None:
    made, technosphere, burdens = network()
    scores = made.scores({7: 2.0})
    wanted = numpy.linalg.solve(technosphere.T, 2.0 * burdens)
    assert numpy.allclose(scores[numpy.argsort(made.products)], wanted, rtol=1e-10)
    assert scores.residual < 1e-12


def supply_is_that_of_a_dense_solver() -> None:
    made, technosphere, _ = network()
    demand = numpy.zeros(SIZE)
    demand[[3, 5]] = 2.0, 1.0
    supply = made.supply({3: 2.0, 5: 1.0})
    assert numpy.allclose(supply[numpy.argsort(made.activities)], numpy.linalg.solve(technosphere, demand), rtol=1e-10)


def arrays_and_mappings_mean_the_same() -> None:
    made, _, _ = network()
    assert numpy.array_equal(made.scores({7: 1.0}), made.scores((numpy.array([7], numpy.int32), numpy.array([1.0]))))


def scores_are_a_view_of_what_was_solved() -> None:
    made, _, _ = network()
    scores = made.scores({7: 1.0})
    assert not scores.flags.owndata and not scores.flags.writeable


def a_sparse_matrix_is_taken_as_it_is() -> None:
    class Coordinates:
        """What SciPy's matrices have in common."""

        def __init__(self, rows: Any, columns: Any, amounts: Any) -> None:
            self.row, self.col, self.data = rows, columns, amounts

        def tocoo(self) -> Coordinates:
            return self

    made, technosphere, burdens = network()
    flows = Coordinates(numpy.full(SIZE, 7), numpy.arange(SIZE), burdens)
    assert numpy.array_equal(lca.Network(Coordinates(*triplets(technosphere)), flows).scores({7: 1.0}), made.scores({7: 1.0}))


def a_matrix_that_is_not_square_is_refused() -> None:
    with pytest.raises(minewheel.MinewheelError, match="no activity"):
        lca.Network(([0, 1], [0, 0], [1.0, 1.0]), ([7], [0], [1.0]))


def arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(minewheel.MinewheelError, match="arrays of one length"):
        lca.Network(([0, 1], [0], [1.0]), ([7], [0], [1.0]))


def package(path: Path) -> Path:
    """A Brightway data package: electricity (1) and steel (2) need each other, with lognormal burdens."""
    indices = numpy.dtype([("row", "<i4"), ("col", "<i4")])
    uncertainty = numpy.dtype(
        [("uncertainty_type", "u1"), ("loc", "<f4"), ("scale", "<f4"), ("shape", "<f4"), ("minimum", "<f4"), ("maximum", "<f4"), ("negative", "?")]
    )
    nan = float("nan")
    groups = {
        "technosphere_matrix": ([(1, 1), (2, 2), (2, 1), (1, 2)], [1.0, 1.0, 0.001, 0.5], [False, False, True, True], None),
        "biosphere_matrix": ([(7, 1), (7, 2)], [0.4, 1.6], None, [(2, numpy.log(0.4), 0.2, nan, nan, nan, False), (2, numpy.log(1.6), 0.1, nan, nan, nan, False)]),
        "characterization_matrix": ([(7, 0)], [1.0], None, None),
    }
    resources = []
    with zipfile.ZipFile(path, "w") as archive:

        def add(matrix: str, kind: str, array: Any) -> None:
            name = f"{matrix}.{kind}"
            with archive.open(f"{name}.npy", "w") as file:
                numpy.save(file, array)
            resources.append(
                {
                    "profile": "data-resource",
                    "format": "npy",
                    "mediatype": "application/octet-stream",
                    "name": name,
                    "matrix": matrix,
                    "kind": kind,
                    "path": f"{name}.npy",
                    "group": matrix if matrix != "characterization_matrix" else "climate",
                    "category": "vector",
                    "nrows": len(array),
                }
            )

        for matrix, (places, amounts, flips, distributions) in groups.items():
            add(matrix, "indices", numpy.array(places, indices))
            add(matrix, "data", numpy.array(amounts, "<f8"))
            if flips is not None:
                add(matrix, "flip", numpy.array(flips, "?"))
            if distributions is not None:
                add(matrix, "distributions", numpy.array(distributions, uncertainty))
        archive.writestr("datapackage.json", json.dumps({"profile": "data-package", "name": "tiny", "id": "tiny", "resources": resources}))
    return path


def a_package_is_solved_as_the_command_solves_it(tmp_path: Path, command: Any) -> None:
    path = package(tmp_path / "tiny.zip")
    printed = command("lca", "solve", str(path), "--demand", "2=900", "--demand", "1=4000", "--samples", "300", "--format", "json")
    assert printed.returncode == 0, printed.stderr
    wanted = json.loads(printed.stdout)
    database = lca.Database(path)
    found = database.solve({2: 900.0, 1: 4000.0}, samples=300)
    assert found.score == wanted["score"] == pytest.approx(3228.01, abs=0.01)
    assert found.samples.size == 300
    assert found.samples.mean() == pytest.approx(wanted["mean"], rel=1e-12)
    assert found.samples.min() < wanted["p5"] < numpy.median(found.samples) < wanted["p95"] < found.samples.max()
    assert numpy.array_equal(database.solve({2: 900.0, 1: 4000.0}, samples=10).samples, found.samples[:10])


def the_network_of_a_package_has_its_factors(tmp_path: Path) -> None:
    database = lca.Database(package(tmp_path / "tiny.zip"))
    assert (database.name, database.methods, database.left_out) == ("tiny", ["climate"], [])
    made = database.network()
    scores = made.scores(database.factors("climate"))
    assert dict(zip(made.products.tolist(), scores.tolist(), strict=True))[2] == pytest.approx((1.6 + 0.2) / (1 - 0.0005), rel=1e-12)


def a_file_that_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip", "utf-8")
    with pytest.raises(minewheel.MinewheelError, match="zip"):
        lca.Database(tmp_path / "text.zip")
