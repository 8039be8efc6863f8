"""Results as typed objects over the JSON that Minewheel answers with.

A :class:`Record` is one JSON object; its fields are attributes with the names of the JSON keys, units last
(``kerb_mass_kg``). A :class:`Records` is a list of them and becomes a table: ``to_pandas()``, ``to_polars()``,
``to_arrow()``. Fields are read when they are asked for, so that a large result costs little until it is looked at.
"""

from __future__ import annotations

import json
import math
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

R = TypeVar("R", bound="Record")

Reader = Callable[[Any], Any]


class _Field:
    """A field of a record, read at its first use."""

    def __init__(self, name: str, key: str) -> None:
        self.name = name
        self.key = key
        self.reader: Reader | None = None

    def __get__(self, record: Record | None, owner: type[Record]) -> Any:
        if record is None:
            return self
        if self.name not in record._read:
            if self.reader is None:
                self.reader = _reader(typing.get_type_hints(owner)[self.name])
            record._read[self.name] = self.reader(record._data.get(self.key))
        return record._read[self.name]


class Record:
    """One JSON object with its fields as attributes."""

    __slots__ = ("_data", "_read", "_text")

    _keys: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._keys = {}
        for name in cls.__dict__.get("__annotations__", {}):
            key = name.removesuffix("_")
            cls._keys[name] = key
            setattr(cls, name, _Field(name, key))

    def __init__(self, data: dict[str, Any], text: str | None = None) -> None:
        self._data = data
        self._text = text
        self._read: dict[str, Any] = {}

    def to_dict(self) -> dict[str, Any]:
        """The JSON object as plain Python: dicts, lists, numbers, text."""
        return deepcopy(self._data)

    def to_json(self) -> str:
        """The JSON text; of a whole result that of ``minewheel … --format json``, bit for bit."""
        return self._text if self._text is not None else json.dumps(self._data, indent=2, ensure_ascii=False)

    def to_flat(self) -> dict[str, Any]:
        """Fields by dotted name (``climate.use_kg.value``); lists of objects are left out, for they are tables."""
        return dict(_flat("", self._data))

    def to_pandas(self) -> pandas.DataFrame:
        """A table of one row; see :meth:`to_flat`."""
        return Records([self]).to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """A table of one row; see :meth:`to_flat`."""
        return Records([self]).to_polars()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self._data == other._data

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        def short(value: Any) -> str:
            if isinstance(value, (list, dict)):
                return f"<{len(value)}>"
            return repr(value)

        inner = ", ".join(f"{name}={short(self._data.get(key))}" for name, key in self._keys.items())
        return f"{type(self).__name__}({inner})"


class Records(list[R], Generic[R]):
    """A list of records, which is a table too."""

    def __init__(self, records: Iterable[R] = (), text: str | None = None) -> None:
        super().__init__(records)
        self._text = text

    def to_dicts(self) -> list[dict[str, Any]]:
        """The JSON objects as plain Python."""
        return [record.to_dict() for record in self]

    def to_json(self) -> str:
        """The JSON text; of a whole result that of ``minewheel … --format json``, bit for bit."""
        return self._text if self._text is not None else json.dumps([r._data for r in self], indent=2, ensure_ascii=False)

    def to_columns(self) -> dict[str, list[Any]]:
        """Columns by dotted name; a row without a field has None."""
        rows = [record.to_flat() for record in self]
        names = dict.fromkeys(name for row in rows for name in row)
        return {name: [row.get(name) for row in rows] for name in names}

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas table, a row a record; wants ``pip install minewheel[pandas]``."""
        import pandas

        return pandas.DataFrame(self.to_columns())

    def to_polars(self) -> polars.DataFrame:
        """A Polars table, a row a record; wants ``pip install minewheel[polars]``."""
        import polars

        return polars.DataFrame(self.to_columns(), strict=False)

    def to_arrow(self) -> pyarrow.Table:
        """An Arrow table, a row a record; wants ``pip install minewheel[arrow]``."""
        import pyarrow

        return pyarrow.table(self.to_columns())

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The Arrow PyCapsule protocol, by which any Arrow library takes the table over."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)


def _flat(prefix: str, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{key}.", value)
        elif not (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
            yield f"{prefix}{key}", value


def _reader(kind: Any) -> Reader:
    """How a value of a type is read from JSON."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _union([argument for argument in arguments if argument is not type(None)])
    if origin is Records:
        (record,) = arguments
        return lambda items: Records(record(item) for item in items)
    if origin is list:
        inner = _reader(arguments[0])
        return lambda items: [inner(item) for item in items]
    if origin is dict:
        inner = _reader(arguments[1])
        return lambda items: {key: inner(item) for key, item in items.items()}
    if isinstance(kind, type) and issubclass(kind, Record):
        return kind
    if kind is float:
        # JSON has no number for what is not finite.
        return lambda value: math.nan if value is None else value
    return lambda value: value


def _union(kinds: list[Any]) -> Reader:
    """Nothing, or the first type that the value fits."""
    records = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Record)]
    only = _reader(kinds[0]) if len(kinds) == 1 else None

    def read(value: Any) -> Any:
        if value is None:
            return None
        if only is not None:
            return only(value)
        if isinstance(value, dict):
            for kind in records:
                if set(value) <= set(kind._keys.values()):
                    return kind(value)
        return value

    return read


def record_of(kind: type[R], text: str) -> R:
    """The record that a JSON text holds."""
    return kind(json.loads(text), text)


def records_of(kind: type[R], text: str) -> Records[R]:
    """The records that a JSON text holds."""
    return Records((kind(item) for item in json.loads(text)), text)


def record_among(kinds: tuple[type[R], ...], text: str) -> R:
    """The record that a JSON text holds, of the first of some types that has all its fields."""
    data = json.loads(text)
    fitting = (kind for kind in kinds if set(data) <= set(kind._keys.values()))
    return next(fitting, kinds[0])(data, text)


__all__ = ["Record", "Records"]
