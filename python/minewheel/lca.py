"""Life-cycle networks and databases of your own, with numpy arrays in and out. Wants ``pip install minewheel[numpy]``.

A network is a technosphere ``A`` (product made, +, or used, −, by an activity) and a biosphere ``B`` (elementary flow of an
activity), each given as a SciPy sparse matrix, or as three arrays: row ids, column ids, amounts.

>>> import numpy
>>> a = ([0, 1, 0, 1], [0, 0, 1, 1], [1.0, -0.001, -0.5, 1.0])  # electricity and steel need each other
>>> network = Network(a, ([7, 7], [0, 1], [0.4, 1.6]))
>>> scores = network.scores({7: 1.0})  # kg CO2e a kWh and a kg, supply included
>>> bool(numpy.isclose(900 * scores[1] + 4000 * scores[0], 3228.01, atol=0.01))
True
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy
import numpy.typing

from . import _native

Floats: TypeAlias = numpy.typing.NDArray[numpy.float64]
Ids: TypeAlias = numpy.typing.NDArray[numpy.int64]
Triplets: TypeAlias = tuple[Sequence[int] | Ids, Sequence[int] | Ids, Sequence[float] | Floats]
"""Row ids, column ids, amounts."""
Amounts: TypeAlias = "Mapping[int, float] | tuple[Sequence[int] | Ids, Sequence[float] | Floats]"
"""Amounts by id, or ids and amounts as two arrays."""


class SparseMatrix(Protocol):
    """A SciPy sparse matrix, by what is used of it."""

    def tocoo(self) -> Any:
        """Itself as coordinates: ``row``, ``col``, ``data``."""


class Scores(numpy.ndarray[tuple[int], numpy.dtype[numpy.float64]]):
    """An array over the activities of a network, with the ``residual`` of its solution."""

    residual: float = float("nan")


class Network:
    """A network that is solved once a category for any number of demands, or once a demand for any number of categories."""

    def __init__(self, technosphere: SparseMatrix | Triplets, biosphere: SparseMatrix | Triplets) -> None:
        self._native = _native.Network(_triplets(technosphere), _triplets(biosphere))
        self._read_ids()

    def _read_ids(self) -> None:
        self.activities: Ids = numpy.frombuffer(self._native.activities(), numpy.int64)
        """Ids of the activities, in the order of every array over activities."""
        self.products: Ids = numpy.frombuffer(self._native.products(), numpy.int64)
        """Ids of the products that they stand for, in the same order."""
        self.flows: Ids = numpy.frombuffer(self._native.flows(), numpy.int64)
        """Ids of the elementary flows."""

    def scores(self, factors: Amounts) -> Scores:
        """Impact of one unit of every product, supply included, for characterisation factors by flow id.

        The impact of any demand is ``demand @ scores``. Read-only; its ``residual`` is the componentwise backward error.
        """
        return _scores(*self._native.scores(*_pair(factors)))

    def supply(self, demand: Amounts) -> Scores:
        """Units of its product that every activity makes for a demand by product id. Read-only."""
        return _scores(*self._native.supply(*_pair(demand)))

    def __len__(self) -> int:
        return len(self.activities)

    def __repr__(self) -> str:
        return f"Network({len(self)} activities, {len(self.flows)} flows)"


@dataclass(frozen=True)
class Solution:
    """Impact of a demand."""

    method: str
    """The method."""
    score: float
    """The impact, in the method's unit."""
    residual: float
    """Largest residual of an equation over the magnitudes in it."""
    samples: Floats
    """The impact in every draw; draw *d* is the same alone or among a million."""


class Database:
    """A Brightway data package: matrices and methods in a zip file, as ``bw_processing`` writes it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._native = _native.Database(os.fspath(path))

    @property
    def name(self) -> str:
        """Its name."""
        return self._native.name

    @property
    def methods(self) -> list[str]:
        """Names of the methods."""
        return self._native.methods

    @property
    def left_out(self) -> list[str]:
        """Groups of matrices that are not read."""
        return self._native.left_out

    def network(self) -> Network:
        """The network of its matrices, at their amounts."""
        network = Network.__new__(Network)
        network._native = self._native.network()
        network._read_ids()
        return network

    def factors(self, method: str | None = None) -> tuple[Ids, Floats]:
        """Flow ids and characterisation factors of a method, for :meth:`Network.scores`."""
        flows, factors = self._native.factors(method)
        return numpy.frombuffer(flows, numpy.int64), numpy.frombuffer(factors, numpy.float64)

    def solve(self, demand: Amounts, method: str | None = None, *, samples: int = 0, seed: int = 1) -> Solution:
        """Impact of a demand by product id; with ``samples``, also that of draws with every uncertain entry sampled anew."""
        name, score, residual, draws = self._native.solve(*_pair(demand), method, samples, seed)
        return Solution(name, score, residual, numpy.frombuffer(draws, numpy.float64))

    def __repr__(self) -> str:
        return f"Database({self.name!r})"


def _triplets(matrix: SparseMatrix | Triplets) -> tuple[Ids, Ids, Floats]:
    if isinstance(matrix, tuple):
        rows, columns, amounts = matrix
    else:
        coordinates = matrix.tocoo()
        rows, columns, amounts = coordinates.row, coordinates.col, coordinates.data
    return numpy.asarray(rows, numpy.int64), numpy.asarray(columns, numpy.int64), numpy.asarray(amounts, numpy.float64)


def _pair(amounts: Amounts) -> tuple[Ids, Floats]:
    ids, values = (list(amounts), list(amounts.values())) if isinstance(amounts, Mapping) else amounts
    return numpy.asarray(ids, numpy.int64), numpy.asarray(values, numpy.float64)


def _scores(values: bytes, residual: float) -> Scores:
    scores = numpy.frombuffer(values, numpy.float64).view(Scores)
    scores.residual = residual
    return scores


__all__ = ["Database", "Network", "Scores", "Solution"]
