"""Cars and the tables that questions are asked of."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from . import _native
from ._native import Tables
from .files import text_of

CarLike: TypeAlias = "Car | str | os.PathLike[str]"
"""A :class:`Car`, an id of the catalogue, or a path to a car file."""


@functools.cache
def built_in() -> Tables:
    """The tables of the package, read once."""
    return Tables()


class Car:
    """A car as its designer or the catalogue describes it: what is known, and nothing more.

    Whatever a design leaves out is sized or defaulted when a question is asked, and the result says so (``defaulted``).

    >>> Car.from_catalogue("vw-id3-58").gross_energy_kwh
    62.0
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.Car) -> None:
        self._native = native

    @classmethod
    def from_catalogue(cls, id: str, *, tables: Tables | None = None) -> Car:
        """The car of the catalogue with this id; :func:`cars` lists them."""
        return cls(_native.Car.from_catalogue(tables or built_in(), id))

    @classmethod
    def from_toml(cls, source: str | os.PathLike[str], *, tables: Tables | None = None) -> Car:
        """The car of a TOML file, given as a path or as its text. ``minewheel schema car`` prints every key."""
        name, text = text_of(source, "car.toml")
        return cls(_native.Car.from_text(tables or built_in(), name if _is_file(name) else os.path.join(os.curdir, name), text))

    @classmethod
    def from_dict(cls, design: Mapping[str, Any], *, tables: Tables | None = None) -> Car:
        """The car of a mapping with the keys of a car file, sections within: ``{"car": {...}, "battery": {...}}``."""
        return cls(_native.Car.from_text(tables or built_in(), "car.toml", "\n".join(_toml("", design))))

    @property
    def toml(self) -> str | None:
        """The text of its file; None for a car of the catalogue."""
        return self._native.toml

    @property
    def id(self) -> str:
        """Its id."""
        return self._native.id

    @property
    def name(self) -> str:
        """Its name; without one its id."""
        return self._native.name

    @property
    def powertrain(self) -> str:
        """What moves it: bev, phev, hev, icev-petrol or icev-diesel."""
        return self._native.powertrain

    @property
    def made_in(self) -> str | None:
        """Where it is put together: the code of a place."""
        return self._native.made_in

    @property
    def chemistry(self) -> str | None:
        """Chemistry of its traction battery."""
        return self._native.chemistry

    @property
    def gross_energy_kwh(self) -> float | None:
        """Gross energy of its traction battery in kWh."""
        return self._native.gross_energy_kwh

    @property
    def kerb_mass_kg(self) -> float | None:
        """Kerb mass in kg, where the design gives one."""
        return self._native.kerb_mass_kg

    def __repr__(self) -> str:
        return f"Car({self.id!r})"


def cars(text: str = "", *, tables: Tables | None = None) -> list[Car]:
    """The cars of the catalogue whose id, name, make or model has a text in it; without a text all."""
    known = tables or built_in()
    return [Car.from_catalogue(id, tables=known) for id in known.car_ids(text)]


def _is_file(name: str) -> bool:
    """Whether a name is that of a file rather than an id of the catalogue."""
    return name.lower().endswith(".toml") or os.path.dirname(name) != ""


def _toml(prefix: str, table: Mapping[str, Any]) -> Iterable[str]:
    """A mapping as TOML, a dotted key a line."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _toml(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key} = {_toml_value(value)}"


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
