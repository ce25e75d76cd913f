"""Every error that a benchmark raises on purpose; only the commands turn them into exit codes."""


class BenchError(Exception):
    """A message for the operator: what failed, where, and what to do next."""


class ProtocolError(BenchError):
    """A server answered something that is no HTTP/1.1, or ended the connection in the middle."""


class RequestFailed(BenchError):
    """A request of a simulated agent did not get what a real agent needs to go on."""
