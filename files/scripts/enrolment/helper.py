"""node_classifier's helper: a process that stays and answers on the socket that systemd hands over.

A call of node_classifier that must ask the store takes most of its time to import the store's client, and to
get the instance's credentials. Here both stay. What is asked and answered is the plain command's: one line
with a certname comes in, ``EXIT-CODE LENGTH``, a newline and the text go out. Whoever gets no whole answer
does it the plain way, so that nothing depends on the helper.

It ends by itself when nobody has asked for a while, and once a day; systemd starts it with the next question.
"""

import os
import socket
import threading
import time
from collections.abc import Callable

from .classifier import Classifier, exit_code
from .errors import ConfigError, EnrolmentError
from .log import Log

FIRST_DESCRIPTOR = 3  # of those that systemd hands over
IDLE = 600.0  # seconds without a question
LIFE = 24 * 3600.0  # seconds, after which another one takes its place
FINISH = 15.0  # seconds for what is being answered then
READ = 5.0  # seconds for a question to come in, and an answer to go out
MAX_LINE = 66  # bytes: a certname and a newline, and one that is too many
SLOTS = 16  # questions at the same time; more wait in the socket's queue

Version = tuple[int, int, int]


class Helper:
    """Answers with a classifier that is made anew when the configuration's file has changed."""

    def __init__(self, config: str, make: Callable[[], Classifier], log: Log) -> None:
        """``make`` reads the configuration, whose file is ``config``."""
        self._config = config
        self._make = make
        self._log = log
        self._made: tuple[Version, Classifier] | None = None
        self._mutex = threading.Lock()
        self._slots = threading.BoundedSemaphore(SLOTS)

    def serve(self, listening: socket.socket, idle: float = IDLE, life: float = LIFE) -> None:
        """Answer for ``life`` seconds, or until nobody has asked for ``idle`` seconds."""
        listening.settimeout(idle)
        end = time.monotonic() + life
        while time.monotonic() < end:
            try:
                link, _ = listening.accept()
            except TimeoutError:
                break
            self._slots.acquire()
            threading.Thread(target=self._attend, args=(link,), daemon=True).start()
        end = time.monotonic() + FINISH
        for _ in range(SLOTS):
            self._slots.acquire(timeout=max(0.0, end - time.monotonic()))

    def _attend(self, link: socket.socket) -> None:
        try:
            with link:
                link.settimeout(READ)
                name = _line(link)
                if name is not None:
                    code, text = self.answer(name)
                    link.sendall(f"{code} {len(text)}\n".encode() + text)
        except OSError:
            pass  # whoever asked is gone, and does it the plain way
        except Exception as error:  # the plain way again, and the log says why
            self._log.error(f"The helper has failed: {error!r}")
        finally:
            self._slots.release()

    def answer(self, name: str) -> tuple[int, bytes]:
        """Return the plain command's exit code, and what it prints: the document, or what went wrong."""
        try:
            classifier = self._classifier()
            self._log.info(f"Getting node configuration: {name}")
            return 0, classifier.answer(name)
        except EnrolmentError as error:
            self._log.error(str(error))
            return exit_code(error), f"node_classifier: {error}\n".encode()

    def _classifier(self) -> Classifier:
        with self._mutex:
            version = _version(self._config)
            if self._made is None or self._made[0] != version:
                self._made = version, self._make()
            return self._made[1]


def handed_over() -> socket.socket:
    """Return the socket that systemd listens on for us."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        raise ConfigError("--serve is for a service of systemd's with one socket (puppet-node-classifier)")
    return socket.socket(fileno=FIRST_DESCRIPTOR)


def _line(link: socket.socket) -> str | None:
    line = b""
    while not line.endswith(b"\n"):
        piece = link.recv(MAX_LINE - len(line))
        if not piece:
            return None
        line += piece
    return line[:-1].decode("ascii", "replace")


def _version(path: str) -> Version:
    try:
        state = os.stat(path)  # noqa: PTH116
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    return state.st_mtime_ns, state.st_ino, state.st_size
