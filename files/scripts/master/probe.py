"""Asks the master, as its own host, whether it serves."""

import http.client
import socket
import ssl
from http import HTTPStatus

from master.config import Config
from master.errors import NoAnswerError

STATUS = "/status/v1/simple"


def probe(config: Config, *, timeout: float) -> bool:
    """Whether a worker has answered within ``timeout`` seconds; False means that all are busy.

    Raises NoAnswerError if there is no connection, or an answer other than that the master runs.
    """
    connection = _Connection(config, timeout)
    try:
        connection.request("GET", STATUS)
        response = connection.getresponse()
        body = response.read(500)
    except TimeoutError:
        return False
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(f"https://{config.certname}:{config.port}: {error}") from error
    finally:
        connection.close()
    if response.status != HTTPStatus.OK:
        said = body.decode(errors="replace")
        raise NoAnswerError(
            f"https://{config.certname}:{config.port}{STATUS}: status {response.status}: {said}"
        )
    return True


class _Connection(http.client.HTTPSConnection):
    """To this host's own address, under the name in its certificate."""

    def __init__(self, config: Config, timeout: float) -> None:
        try:
            context = ssl.create_default_context(cafile=config.ca_cert)
            context.load_cert_chain(config.cert, config.key)
        except OSError as error:
            raise NoAnswerError(f"{config.ca_cert}, {config.cert}, {config.key}: {error}") from error
        # Python 3.13 asks more of a CA certificate's form than agents do; a CA that was imported may be old.
        context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
        self._tls = context
        super().__init__(config.certname, config.port, timeout=timeout, context=context)

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
