"""Ask node_classifier's helper: the process that stays, with the store's client at hand (:mod:`.helper`).

Like the cache this is a way of most calls, and imports next to nothing: ``socket`` in place of the module
beneath it would take longer than the answer does.
"""

import _socket

TIMEOUT = 15.0  # seconds; more than the helper takes for a silent store
MAX_ANSWER = 16 * 1024 * 1024  # bytes


def ask(path: str, name: str) -> tuple[int, bytes] | None:
    """Return the exit code and the text for ``name``; None if no helper gives a whole answer."""
    link = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    answer = b""
    try:
        link.settimeout(TIMEOUT)
        link.connect(path)
        link.send(name.encode() + b"\n")  # shorter than any buffer
        while piece := link.recv(65536):
            answer += piece
            if len(answer) > MAX_ANSWER:
                return None
    except OSError:
        return None
    finally:
        link.close()
    head, newline, text = answer.partition(b"\n")
    fields = head.split(b" ")
    if not newline or len(fields) != 2 or not (fields[0] + fields[1]).isdigit():  # noqa: PLR2004
        return None
    return (int(fields[0]), text) if int(fields[1]) == len(text) else None
