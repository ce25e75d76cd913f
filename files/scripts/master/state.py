"""What ``puppet_master recycle`` last saw, for the health listener: it may not ask Passenger itself."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from enrolment.files import write_atomic


@dataclass(frozen=True)
class State:
    """``error`` is empty while the master serves; ``resident`` is the largest worker's memory in MB."""

    checked: datetime
    workers: int
    resident: int
    error: str


def write_state(path: Path, state: State) -> None:
    """Replace the file; raise OSError if that fails."""
    content = {**asdict(state), "checked": state.checked.isoformat()}
    write_atomic(path, json.dumps(content).encode() + b"\n", mode=0o644)


def read_state(path: Path) -> State | None:
    """Return what the file says, or None if there is none that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return State(
            checked=datetime.fromisoformat(content["checked"]),
            workers=int(content["workers"]),
            resident=int(content["resident"]),
            error=str(content["error"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
