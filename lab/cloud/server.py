"""The process that is the cloud's API: moto behind its mends on one socket, the lab's own view on another."""

import json
import os
import threading

from lab.state import State

AMIS = "amis.json"


def write_amis(state: State, amis: list[dict[str, str]]) -> None:
    """Tell moto which images there are; each dict needs `ami_id` and `name`."""
    fixed = {
        "architecture": "x86_64",
        "virtualization_type": "hvm",
        "hypervisor": "xen",
        "state": "available",
        "root_device_type": "ebs",
        "root_device_name": "/dev/xvda",
        "public": True,
        "image_type": "machine",
    }
    (state.run / AMIS).write_text(json.dumps([{**fixed, **ami} for ami in amis]))


def main() -> None:
    state = State.default()
    # moto reads these when it is imported.
    os.environ["MOTO_AMIS_PATH"] = str(state.run / AMIS)
    os.environ["MOTO_ENABLE_AMI_VALIDATION"] = "true"
    os.environ["MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION"] = "true"
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    from lab.cloud.account import Account  # noqa: PLC0415
    from lab.cloud.control import Control  # noqa: PLC0415
    from lab.cloud.mends import Ec2Mends  # noqa: PLC0415

    class Handler(MotoRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """nginx keeps the access log."""

    account = Account()
    account.make_profile("puppetmaster")
    moto = DomainDispatcherApplication(create_backend_app)
    public = Ec2Mends(
        moto,
        default_subnet=account.default_subnet,
        after_launch=account.attach_profile,
        console=lambda instance_id: account.console_log(state.instances, instance_id),
    )
    control = make_server(
        f"unix://{state.control_socket}", 0, Control(account), True, request_handler=Handler
    )
    api = make_server(f"unix://{state.api_socket}", 0, public, True, request_handler=Handler)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    api.serve_forever()


if __name__ == "__main__":
    main()
