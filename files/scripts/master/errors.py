"""The exceptions of this package. Only ``main()`` turns one into an exit code."""


class MasterError(Exception):
    """Base of all. The message says what failed and what to do next where that is known."""


class ConfigError(MasterError):
    """The configuration file is missing or holds something it may not."""


class PassengerError(MasterError):
    """A command of Passenger's failed, or said what cannot be understood."""


class NoAnswerError(MasterError):
    """The master cannot be reached, or answers that it cannot serve."""
