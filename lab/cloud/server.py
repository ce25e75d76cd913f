"""The process that is the cloud's API: moto behind its mends on one socket, the lab's own view on another."""

import logging
import os
import threading

from lab.cloud.control import Control
from lab.state import State, read_json


def main() -> None:
    """Serve until killed."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # The only images are ours. moto reads this when it is imported, hence the imports here.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    from lab.cloud.account import Account  # noqa: PLC0415
    from lab.cloud.mends import Ec2Mends  # noqa: PLC0415

    class Handler(MotoRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """nginx keeps the access log."""

    state = State.default()
    account = Account()

    def load_images() -> None:
        for ami_id, image in read_json(state.settings_file)["images"].items():
            account.add_image(ami_id, image["name"])

    load_images()
    account.make_profiles()
    public = Ec2Mends(
        DomainDispatcherApplication(create_backend_app),
        default_subnet=account.default_subnet,
        after_launch=account.attach_profile,
        after_reboot=account.reboot,
        console=lambda instance_id: account.console_log(state.instances, instance_id),
    )
    control = make_server(
        f"unix://{state.control_socket}", 0, Control(account, load_images), True, request_handler=Handler
    )
    api = make_server(f"unix://{state.api_socket}", 0, public, True, request_handler=Handler)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    api.serve_forever()


if __name__ == "__main__":
    main()
