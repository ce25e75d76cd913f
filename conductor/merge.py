"""Deep merge of configuration, later wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def deep_merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Hashes are merged, anything else in a later layer replaces what an earlier one says.

    A key with nothing after it does not take a hash away.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            before = merged.get(key)
            if isinstance(before, Mapping) and (value is None or isinstance(value, Mapping)):
                merged[key] = deep_merge(before, value or {})
            else:
                merged[key] = value
    return merged
