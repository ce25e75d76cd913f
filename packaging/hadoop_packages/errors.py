"""Everything that can go wrong in a build. Only cli.main() turns these into exit codes."""


class PackagingError(Exception):
    """A build that cannot go on. The text says what failed and what to do next."""


class DefinitionError(PackagingError):
    """packages.toml or a file beside it contradicts itself or what Maven delivered."""


class ToolMissingError(PackagingError):
    """A program that the build needs is not installed."""

    def __init__(self, tool: str, package: str) -> None:
        super().__init__(f"{tool} is not installed: apt-get install {package}")


class CommandError(PackagingError):
    """A program failed or did not end in time."""

    def __init__(self, argv: list[str], reason: str, output: str) -> None:
        self.output = output
        tail = "\n".join(output.strip().splitlines()[-20:])
        super().__init__(f"{' '.join(argv)}: {reason}" + (f"\n{tail}" if tail else ""))


class FetchError(PackagingError):
    """Maven could not deliver the artifacts."""


class SigningError(PackagingError):
    """The signing key cannot be used."""
