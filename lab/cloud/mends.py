"""A WSGI layer around moto that makes launches, reboots and consoles behave like EC2's."""

import base64
import datetime
import hashlib
import io
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Form = dict[str, str]

CONSOLE_LIMIT = 64 * 1024  # EC2 keeps the last 64 KB
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15"


@dataclass(frozen=True)
class Answer:
    """A whole response, kept so that it can be given again."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def send(self, start_response: StartResponse) -> list[bytes]:
        start_response(self.status, self.headers)
        return [self.body]


class Ec2Mends:
    """Handles the EC2 actions that moto gets wrong, and passes everything else to moto.

    `default_subnet` gives the subnet of a launch that names none (in EC2 that is the default VPC's);
    `after_launch` is called with the instance ids and the request of a successful launch;
    `after_reboot` with the instance ids of a RebootInstances that was granted;
    `console` gives the path of an instance's console log, or None for an unknown instance.
    """

    def __init__(
        self,
        moto: Application,
        *,
        default_subnet: Callable[[Form], str],
        after_launch: Callable[[list[str], Form], None],
        after_reboot: Callable[[list[str]], None],
        console: Callable[[str], Path | None],
    ) -> None:
        self._moto = moto
        self._default_subnet = default_subnet
        self._after_launch = after_launch
        self._after_reboot = after_reboot
        self._console = console
        self._launches: dict[str, tuple[str, Answer]] = {}
        self._launching = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        form = _form(environ)
        action = form.get("Action")
        if action == "RunInstances":
            return self._run_instances(environ, form).send(start_response)
        if action == "RebootInstances":
            return self._reboot_instances(environ, form).send(start_response)
        if action == "GetConsoleOutput":
            return self._console_output(form).send(start_response)
        return self._moto(environ, start_response)

    def _run_instances(self, environ: Environ, form: Form) -> Answer:
        """One launch per ClientToken: the same request is answered again, another one is refused."""
        token = form.get("ClientToken", "")
        request = hashlib.sha256(
            urlencode(
                sorted((k, v) for k, v in form.items() if not k.startswith(("X-Amz", "Signature")))
            ).encode()
        ).hexdigest()
        with self._launching:
            if token in self._launches:
                first, answer = self._launches[token]
                if first != request:
                    return _error(
                        "IdempotentParameterMismatch",
                        "Arguments on this idempotent request are inconsistent with arguments used in "
                        f"previous request(s) with ClientToken {token}.",
                    )
                return answer
            answer = self._launch(environ, form)
            if token and answer.status.startswith("200"):
                self._launches[token] = (request, answer)
            return answer

    def _launch(self, environ: Environ, form: Form) -> Answer:
        least, most = int(form.get("MinCount", "1")), int(form.get("MaxCount", "1"))
        if not 1 <= least <= most:
            return _error("InvalidParameterValue", f"MinCount {least} and MaxCount {most}: 1 <= Min <= Max")
        # moto launches MinCount; a lab has always room for MaxCount, so that is what EC2 would launch.
        mended = {**form, "MinCount": str(most)}
        if not any(name.startswith(("SubnetId", "NetworkInterface.")) for name in form):
            mended["SubnetId"] = self._default_subnet(form)
        answer = _ask(self._moto, environ, mended)
        if answer.status.startswith("200"):
            ids = re.findall(r"<instanceId>(i-[0-9a-f]+)</instanceId>", answer.body.decode())
            self._after_launch(ids, form)
        return answer

    def _reboot_instances(self, environ: Environ, form: Form) -> Answer:
        answer = _ask(self._moto, environ, form)  # which knows whether they exist, and does nothing else
        if answer.status.startswith("200"):
            self._after_reboot([value for name, value in form.items() if name.startswith("InstanceId.")])
        return answer

    def _console_output(self, form: Form) -> Answer:
        instance_id = form.get("InstanceId", "")
        path = self._console(instance_id)
        if path is None:
            return _error("InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist")
        text = path.read_bytes()[-CONSOLE_LIMIT:] if path.exists() else b""
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        body = (
            f'<GetConsoleOutputResponse xmlns="{NAMESPACE}"><requestId>lab</requestId>'
            f"<instanceId>{escape(instance_id)}</instanceId><timestamp>{now}</timestamp>"
            f"<output>{base64.b64encode(text).decode()}</output></GetConsoleOutputResponse>"
        )
        return Answer("200 OK", _xml_headers(body), body.encode())


def _form(environ: Environ) -> Form:
    """The form fields of an EC2 request; the body is put back for whoever reads it next."""
    if environ["REQUEST_METHOD"] != "POST":
        return {}
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return {}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def _ask(application: Application, environ: Environ, form: Form) -> Answer:
    body = urlencode(form).encode()
    environ = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    started: list[tuple[str, list[tuple[str, str]]]] = []
    chunks = application(environ, lambda status, headers, *_: started.append((status, headers)))
    content = b"".join(chunks)
    status, headers = started[0]
    return Answer(status, headers, content)


def _error(code: str, message: str) -> Answer:
    body = (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors>"
        "<RequestID>lab</RequestID></Response>"
    )
    return Answer("400 Bad Request", _xml_headers(body), body.encode())


def _xml_headers(body: str) -> list[tuple[str, str]]:
    return [("Content-Type", "text/xml;charset=UTF-8"), ("Content-Length", str(len(body.encode())))]
