"""Files that a user names, or gives as text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

FileLike: TypeAlias = "str | os.PathLike[str]"
"""A path, or the text of the file."""


def is_text(source: str) -> bool:
    """Whether this is the text of a file rather than its path."""
    return "\n" in source or "=" in source


def text_of(source: FileLike, name: str) -> tuple[str, str]:
    """Name and text of a file given as a path, or as its text, which goes by ``name``."""
    if isinstance(source, str) and is_text(source):
        return name, source
    path = os.fspath(source)
    return path, Path(path).read_text(encoding="utf-8-sig")
