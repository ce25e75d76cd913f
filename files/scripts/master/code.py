"""When the code in the environments was last changed."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

SKIPPED = {".git"}


def last_change(folders: Iterable[Path]) -> tuple[datetime, Path] | None:
    """Return the newest time of a file or folder below ``folders``, and which it is.

    Folders count, since a file that was moved in keeps its own time. What disappears meanwhile is left out.
    """
    newest: tuple[float, Path] | None = None
    for folder in folders:
        for parent, directories, files in os.walk(folder):
            directories[:] = [name for name in directories if name not in SKIPPED]
            for path in [Path(parent), *(Path(parent) / name for name in files)]:
                try:
                    changed = path.lstat().st_mtime
                except OSError:
                    continue
                if newest is None or changed > newest[0]:
                    newest = (changed, path)
    return None if newest is None else (datetime.fromtimestamp(newest[0], UTC), newest[1])
