"""How a question reaches the native half: a command and its arguments, by the names of the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from ._native import Tables
from .cars import Car, CarLike, built_in
from .files import FileLike, is_text

Many = str | Iterable[str]
"""One word, or several."""


def ask(tables: Tables | None, command: str, arguments: Mapping[str, Any]) -> str:
    """The JSON that a command answers with. What is None is left to the command."""
    given = {key: _plain(value) for key, value in arguments.items() if value is not None}
    return (tables or built_in()).ask(command, json.dumps(given))


def car_of(car: CarLike) -> Any:
    """A car as an argument: the text of its file, or a name."""
    if isinstance(car, Car):
        return car.id if car.toml is None else {"toml": car.toml}
    if isinstance(car, str):
        return car
    # A path is a path even without folder and ending.
    return os.path.join(os.curdir, car) if os.path.dirname(car) == "" else os.fspath(car)


def cars_of(cars: CarLike | Iterable[CarLike]) -> list[Any]:
    """Cars as an argument: one or several."""
    several = [cars] if isinstance(cars, (Car, str, os.PathLike)) else cars
    return [car_of(car) for car in several]


def file_of(source: FileLike | None, kind: str = "toml") -> Any:
    """A file as an argument: its path, or its text."""
    return {kind: source} if isinstance(source, str) and is_text(source) else source


def pairs(given: Mapping[str, Any] | None, sign: str = "=") -> list[str] | None:
    """A mapping as words: ``nickel=2``."""
    return None if given is None else [f"{key}{sign}{value}" for key, value in given.items()]


def many(words: Many | None) -> list[str] | None:
    """One word, or several, as a list."""
    return None if words is None else [words] if isinstance(words, str) else [*words]


def _plain(value: Any) -> Any:
    """A value that JSON has."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    # Numbers of numpy and the like.
    return value.item() if hasattr(value, "item") else value
