"""Deep merge of configuration, later wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def deep_merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Hashes are merged, anything else in a later layer replaces what an earlier one says."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            before = merged.get(key)
            both = isinstance(before, Mapping) and isinstance(value, Mapping)
            merged[key] = deep_merge(before, value) if both else value  # type: ignore[arg-type]
    return merged
