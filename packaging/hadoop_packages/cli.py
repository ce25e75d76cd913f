"""The command line: packaging/build."""

import argparse
import errno
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from .builder import Options, build
from .errors import PackagingError
from .recipe import recipe_hash

SOURCE = Path(__file__).resolve().parent.parent
EXIT_INTERRUPTED = 130


def _data_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")


def _key_directory() -> Path:
    return _data_home() / "hadoop-packages"


def _output_directory() -> Path:
    """Where `start_instance.py publish-packages` looks."""
    return _data_home() / "hadoop-repository"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="packaging/build", description="Build Hadoop's Debian packages and a signed apt repository."
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help=f"where the repository goes (default: {_output_directory()})",
    )
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument("--key", type=Path, metavar="FILE", help="ASCII-armoured secret key to sign with")
    keys.add_argument(
        "--key-dir", type=Path, metavar="DIR", help=f"keeps a generated key (default: {_key_directory()})"
    )
    parser.add_argument("--jobs", type=int, metavar="N", default=os.cpu_count() or 1, help="built at once")
    parser.add_argument("--force", action="store_true", help="build even if the repository is current")
    parser.add_argument("--recipe-hash", action="store_true", help="print the key for a cache, and exit")
    return parser


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _options(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> Options:
    if arguments.jobs < 1:
        parser.error("--jobs takes a number of 1 or more")
    output = (arguments.output or _output_directory()).resolve()
    key_dir = (arguments.key_dir or _key_directory()).resolve()
    key = arguments.key.resolve() if arguments.key else None
    if (key or key_dir).is_relative_to(output):
        parser.error("the signing key must not be inside --output: that directory is served")
    return Options(SOURCE, output, key, key_dir, arguments.jobs, arguments.force)


def _fail(text: str) -> int:
    if os.strerror(errno.ENOSPC) in text:
        text += "\nFree some space beside --output and try again: a build needs about 500 MB there."
    print(f"packaging: ERROR: {text}", file=sys.stderr)
    return 1


def main(argv: list[str]) -> int:
    """Run the command; return its exit code: 0 done or current, 1 failed, 2 usage, 130 interrupted."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.recipe_hash:
        print(recipe_hash(SOURCE))
        return 0
    options = _options(parser, arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if not build(options, lambda text: print(f"packaging: {text}", flush=True)):
            print(f"packaging: {options.output} is current")
    except PackagingError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    except KeyboardInterrupt:
        print("packaging: interrupted; nothing was changed", file=sys.stderr)
        return EXIT_INTERRUPTED
    return 0
