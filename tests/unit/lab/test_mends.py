"""The API as a client of EC2 sees it: the real moto behind the lab's mends, over WSGI."""

import base64
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from lab.cloud.account import Account
from lab.cloud.mends import Ec2Mends

NAMESPACE = "{http://ec2.amazonaws.com/doc/2016-11-15}"
AMI = "ami-0123456789abcdef0"
SCOPE = "AK/20261124/us-east-1/ec2/aws4_request"


class Client:
    """Sends EC2 query requests to the application, as boto3 would."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def call(self, action: str, **parameters: object) -> tuple[int, ET.Element]:
        body = urlencode({"Action": action, "Version": "2016-11-15", **parameters}).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "ec2.us-east-1.amazonaws.com",
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=0",
            "SERVER_NAME": "ec2.us-east-1.amazonaws.com",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.version": (1, 0),
        }
        started: list[str] = []
        content = b"".join(self._application(environ, lambda status, _headers, *_: started.append(status)))
        return int(started[0].split()[0]), ET.fromstring(content)  # noqa: S314 - our own server's answer


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    folder = tmp_path_factory.mktemp("cloud")
    account = Account()
    account.add_image(AMI, "debian")
    account.make_profile("puppetmaster")
    yield account, folder


@pytest.fixture
def client(cloud: tuple[Any, Path]) -> Client:
    account, folder = cloud
    return Client(
        Ec2Mends(
            DomainDispatcherApplication(create_backend_app),
            default_subnet=account.default_subnet,
            after_launch=account.attach_profile,
            after_reboot=account.reboot,
            console=lambda instance_id: account.console_log(folder, instance_id),
        )
    )


def ids(answer: ET.Element) -> list[str]:
    return [str(item.text) for item in answer.iter(f"{NAMESPACE}instanceId")]


def code(answer: ET.Element) -> str:
    return next(str(tag.text) for tag in answer.iter() if tag.tag.endswith("Code"))


def launch(client: Client, **parameters: object) -> tuple[int, ET.Element]:
    wanted = {"ImageId": AMI, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
    return client.call("RunInstances", **{**wanted, **parameters})


def test_a_launch_gives_as_many_instances_as_max_count_says(client: Client) -> None:
    _, answer = launch(client, MinCount=1, MaxCount=3)
    assert len(ids(answer)) == 3


def test_a_launch_with_more_at_least_than_at_most_is_refused(client: Client) -> None:
    status, answer = launch(client, MinCount=3, MaxCount=2)
    assert (status, code(answer)) == (400, "InvalidParameterValue")


def test_a_launch_repeated_with_its_client_token_starts_nothing_more(client: Client) -> None:
    _, first = launch(client, ClientToken="repeat")
    _, again = launch(client, ClientToken="repeat")
    assert ids(first) == ids(again)


def test_a_client_token_used_for_another_request_is_refused_as_ec2_does(client: Client) -> None:
    launch(client, ClientToken="other")
    status, answer = launch(client, ClientToken="other", MaxCount=2)
    assert (status, code(answer)) == (400, "IdempotentParameterMismatch")


def test_a_refused_launch_does_not_use_up_its_client_token(client: Client) -> None:
    status, _ = launch(client, ClientToken="later", ImageId="ami-ffffffffffffffff0")
    assert status == 400
    status, answer = launch(client, ClientToken="later")
    assert (status, len(ids(answer))) == (200, 1)


def test_an_unknown_image_is_refused(client: Client) -> None:
    status, answer = launch(client, ImageId="ami-ffffffffffffffff0")
    assert (status, code(answer)) == (400, "InvalidAMIID.NotFound")


def test_a_reboot_is_counted_for_the_reconciler(client: Client, cloud: tuple[Any, Path]) -> None:
    _, answer = launch(client, MaxCount=2)
    first, second = ids(answer)
    status, _ = client.call("RebootInstances", **{"InstanceId.1": second})
    reboots = {instance["id"]: instance["reboots"] for instance in cloud[0].instances()}
    assert (status, reboots[first], reboots[second]) == (200, 0, 1)


def test_a_reboot_of_an_unknown_instance_is_refused(client: Client) -> None:
    status, answer = client.call("RebootInstances", **{"InstanceId.1": "i-ffffffffffffffff0"})
    assert (status, code(answer)) == (400, "InvalidInstanceID.NotFound")


def test_the_console_output_is_what_the_instance_wrote(client: Client, cloud: tuple[Any, Path]) -> None:
    _, answer = launch(client)
    [instance] = ids(answer)
    folder = cloud[1] / instance
    folder.mkdir()
    (folder / "console.log").write_text("login: ")
    _, console = client.call("GetConsoleOutput", InstanceId=instance)
    output = next(console.iter(f"{NAMESPACE}output")).text
    assert base64.b64decode(str(output)) == b"login: "


def test_the_console_of_an_unknown_instance_is_refused(client: Client) -> None:
    status, answer = client.call("GetConsoleOutput", InstanceId="i-00000000000000000")
    assert (status, code(answer)) == (400, "InvalidInstanceID.NotFound")


def test_every_instance_of_a_launch_gets_the_profile(client: Client, cloud: tuple[Any, Path]) -> None:
    _, answer = launch(client, MaxCount=2, **{"IamInstanceProfile.Name": "puppetmaster"})
    profiles = {found["id"]: found["profile"] for found in cloud[0].instances()}
    assert [profiles[instance] for instance in ids(answer)] == ["puppetmaster", "puppetmaster"]


def test_instances_get_addresses_and_names_of_the_default_vpc(
    client: Client, cloud: tuple[Any, Path]
) -> None:
    _, answer = launch(client)
    [instance] = [found for found in cloud[0].instances() if found["id"] in ids(answer)]
    assert instance["address"].startswith("172.31.")
    assert instance["name"] == f"ip-{instance['address'].replace('.', '-')}.ec2.internal"


def test_a_terminated_instance_is_no_longer_found_by_its_address(
    client: Client, cloud: tuple[Any, Path]
) -> None:
    _, answer = launch(client)
    [instance] = [found for found in cloud[0].instances() if found["id"] in ids(answer)]
    assert cloud[0].at_address(instance["address"])["id"] == instance["id"]
    client.call("TerminateInstances", **{"InstanceId.1": instance["id"]})
    assert cloud[0].at_address(instance["address"]) is None


def test_a_guest_that_switches_itself_off_is_stopped(client: Client, cloud: tuple[Any, Path]) -> None:
    _, answer = launch(client)
    [instance] = ids(answer)
    cloud[0].stop(instance)
    states = {found["id"]: found["state"] for found in cloud[0].instances()}
    assert states[instance] == "stopped"


def test_a_profile_has_temporary_credentials_that_are_kept_until_they_near_their_end(
    cloud: tuple[Any, Path],
) -> None:
    first = cloud[0].credentials("puppetmaster")
    assert first["AccessKeyId"].startswith("ASIA")
    assert first == cloud[0].credentials("puppetmaster")
