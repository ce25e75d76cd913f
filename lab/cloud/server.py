"""The process that is the cloud's API: moto behind its mends on one socket, the lab's own view on another."""

import logging
import threading

from werkzeug.serving import make_server

from lab.cloud import moto_server
from lab.cloud.control import Control
from lab.state import State, read_json


def main() -> None:
    """Serve until killed."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    moto, handler = moto_server.load()
    # What imports moto, after it.
    from lab.cloud.account import Account  # noqa: PLC0415
    from lab.cloud.mends import Ec2Mends  # noqa: PLC0415

    state = State.default()
    account = Account()

    def load_images() -> None:
        for ami_id, image in read_json(state.settings_file)["images"].items():
            account.add_image(ami_id, image["name"])

    load_images()
    account.make_profiles()
    public = Ec2Mends(
        moto,
        default_subnet=account.default_subnet,
        after_launch=account.attach_profile,
        after_reboot=account.reboot,
        console=lambda instance_id: account.console_log(state.instances, instance_id),
    )
    control = make_server(
        f"unix://{state.control_socket}", 0, Control(account, load_images), True, request_handler=handler
    )
    api = make_server(f"unix://{state.api_socket}", 0, public, True, request_handler=handler)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    api.serve_forever()


if __name__ == "__main__":
    main()
