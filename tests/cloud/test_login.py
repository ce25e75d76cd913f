"""login: the command line, as ssh itself reads it; and, where there is an sshd, real connections."""

from __future__ import annotations

import dataclasses
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from conductor import cli, inventory, process
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import HostKeyError, LocalError, NotFoundError
from conductor.instances import Instance
from conductor.inventory import Node
from conductor.login import known_hosts, ssh
from conductor.login.naming import aliases
from conductor.settings import Login
from tests.cloud.looking import CONSOLE, KEY, shows, start

pytest_plugins = ["tests.cloud.looking_fixtures"]


class Replaced(BaseException):
    """Where ssh would have taken the process over."""


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command line of the ssh that was to be run."""
    argv: list[str] = []

    def replace(given: Sequence[str]) -> NoReturn:
        argv.extend(given)
        raise Replaced

    monkeypatch.setattr(process, "replace", replace)
    return argv


def understood(argv: Sequence[str]) -> dict[str, str]:
    """The options that ssh itself makes of a command line."""
    done = subprocess.run(["ssh", "-G", *argv[1:]], check=True, capture_output=True, text=True)
    return dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)


@pytest.mark.parametrize("line", ["hostname --fqdn", "-- hostname --fqdn"])
def test_the_command_is_what_stands_after_the_name(
    config: Path, cluster: list[Instance], monkeypatch: pytest.MonkeyPatch, replaced: list[str], line: str
) -> None:
    monkeypatch.setattr(known_hosts, "ensure", lambda *_, **__: Path("/keys"))
    with pytest.raises(Replaced):
        cli.main(["-c", str(config), "login", "worker-2", *line.split()])
    assert replaced[-4:] == ["--", cluster[2].private_ip, "hostname", "--fqdn"]


def test_ssh_gets_options_that_trust_the_console_s_keys_alone(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    replaced: list[str],
) -> None:
    shows(monkeypatch, api, CONSOLE)
    with pytest.raises(Replaced):
        cli.main(["-c", str(config), "login", "worker-2", "ls", "-la", "/"])
    assert replaced[-5:] == ["--", cluster[2].private_ip, "ls", "-la", "/"]
    options = understood(replaced)
    home = Path(os.environ["PUPPET_HADOOP_HOME"])
    expected = {
        "user": "debian",
        "hostname": cluster[2].private_ip,
        "hostkeyalias": cluster[2].id,
        "userknownhostsfile": str(home / "known_hosts" / cluster[2].id),
        "globalknownhostsfile": "/dev/null",
        "stricthostkeychecking": "true",
        "updatehostkeys": "false",
        "verifyhostkeydns": "false",
        "nohostauthenticationforlocalhost": "no",
        "identityfile": str(home / "id_ed25519"),
        "identitiesonly": "yes",
    }
    assert expected.items() <= options.items()
    assert options.get("controlpath", "none") == "none"


def test_what_the_operator_s_own_configuration_relaxes_does_not_hold(
    context: Context, cluster: list[Instance], tmp_path: Path
) -> None:
    lax = tmp_path / "ssh_config"
    lax.write_text(
        "Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  User nobody\n"
        "  VerifyHostKeyDNS yes\n  NoHostAuthenticationForLocalhost yes\n  ControlPath /tmp/%C\n"
    )
    target = target_of(context, cluster[1])
    options = understood(["ssh", "-F", str(lax), *target.command([])[1:]])
    assert options["stricthostkeychecking"] == "true"
    assert options["userknownhostsfile"] == str(target.known_hosts)
    assert options["user"] == "admin"
    assert options["verifyhostkeydns"] == "false"
    assert options["nohostauthenticationforlocalhost"] == "no"
    assert options.get("controlpath", "none") == "none"


def test_the_printed_configuration_gives_the_same_options(
    context: Context, cluster: list[Instance], tmp_path: Path
) -> None:
    target = target_of(context, cluster[1], login=Login(user="debian", jump="alice@bastion:2222"))
    file = tmp_path / "ssh_config"
    file.write_text(target.entry())
    by_file = understood(["ssh", "-F", str(file), target.names[0]])
    by_line = understood(["ssh", "-F", "/dev/null", *target.command([])[1:]])
    del by_file["host"], by_line["host"]
    assert by_file == by_line
    assert by_file["proxyjump"] == "alice@bastion:2222"


def test_a_folder_whose_name_means_something_to_ssh_is_taken_as_it_is(
    context: Context, cluster: list[Instance], tmp_path: Path
) -> None:
    odd = tmp_path / "100%d of it" / "known hosts"
    target = dataclasses.replace(target_of(context, cluster[1]), known_hosts=odd, identity=odd)
    options = understood(["ssh", "-F", "/dev/null", *target.command([])[1:]])
    assert options["userknownhostsfile"].strip('"') in {str(odd), str(odd).replace("%", "%%")}
    for wrong in ('a"b', "a${HOME}b", "a\nb"):
        with pytest.raises(LocalError, match="cannot take a file of this name"):
            dataclasses.replace(target, known_hosts=tmp_path / wrong).command([])


def node_of(context: Context, instance: Instance) -> Node:
    (found,) = inventory.select(inventory.read(context), [instance.id])
    return found


def target_of(context: Context, instance: Instance, login: Login | None = None) -> ssh.Target:
    known = known_hosts.path(context.operator, instance.id)
    found = ssh.target(context, node_of(context, instance), [], known)
    return dataclasses.replace(found, login=login) if login else found


def test_the_public_address_is_taken_where_there_is_one(context: Context, cluster: list[Instance]) -> None:
    node = node_of(context, cluster[1])
    assert node.instance is not None
    assert target_of(context, cluster[1]).address == cluster[1].public_name
    hidden = dataclasses.replace(node, instance=dataclasses.replace(node.instance, public_name=""))
    assert ssh.target(context, hidden, [], Path()).address == cluster[1].private_ip


def test_an_instance_that_does_not_run_is_not_logged_in_to(context: Context, cluster: list[Instance]) -> None:
    context.clients.ec2.stop_instances(InstanceIds=[cluster[1].id])
    with pytest.raises(NotFoundError, match="is stopped: there is nothing to log in to"):
        target_of(context, cluster[1])


def test_without_a_known_key_nobody_is_connected_to(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    replaced: list[str],
) -> None:
    shows(monkeypatch, api, "Booting\n")
    assert cli.main(["-c", str(config), "login", "worker-2"]) == 1
    assert replaced == []


@pytest.mark.parametrize(
    ("configured", "there", "expected"),
    [
        (None, [], "operator/id_ed25519"),
        ("ssh-ed25519 AAAAC3Nz alice", [], None),
        ("KEYS/id.pub", ["id.pub", "id"], "KEYS/id"),
        # The private half is in the agent, or on a token: ssh finds it by the public one.
        ("KEYS/id.pub", ["id.pub"], "KEYS/id.pub"),
    ],
)
def test_the_key_to_log_in_with(
    context: Context, tmp_path: Path, configured: str | None, there: list[str], expected: str | None
) -> None:
    for name in there:
        (tmp_path / name).touch()
    given = configured.replace("KEYS", str(tmp_path)) if configured else None
    settings = context.settings.model_copy(update={"ssh_public_key": given})
    found = ssh.identity(dataclasses.replace(context, settings=settings))
    assert found == (tmp_path / expected.removeprefix("KEYS/") if expected else None)


def test_a_role_s_name_that_ssh_would_take_for_a_pattern_is_no_host(
    context: Context, published_ca: None
) -> None:
    settings = context.settings.model_validate(
        {
            **context.settings.model_dump(exclude_unset=True),
            "roles": {
                "a *": {"node": {"classes": ["ntp"]}},
                "-oProxyCommand=x": {"node": {"classes": ["ntp"]}},
            },
        }
    )
    context = dataclasses.replace(context, settings=settings)
    for role in settings.roles:
        (instance,) = start(context, role)
        nodes = inventory.read(context)
        node = node_of(context, instance)
        made = ssh.target(context, node, aliases(nodes)[node.certname], Path("/x"))
        assert made.names == [instance.id, instance.private_name, instance.certname]


def test_a_console_that_contradicts_itself_is_not_kept(
    context: Context, cluster: list[Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = CONSOLE.replace(KEY, KEY[:-4] + "AAAA")
    shows(monkeypatch, context.clients, CONSOLE + other)
    with pytest.raises(HostKeyError, match="different ssh host keys"):
        known_hosts.ensure(context, cluster[1])
    assert not known_hosts.path(context.operator, cluster[1].id).exists()


SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@dataclasses.dataclass(frozen=True)
class Host:
    """A real sshd, which speaks to ssh through a pipe, and what its console would tell."""

    command: str
    console: str
    identity: Path

    def answer(self, context: Context, instance: Instance) -> subprocess.CompletedProcess[str]:
        """What comes of a login to the instance when this host is behind its address."""
        keys = known_hosts.ensure(context, instance)
        made = ssh.target(context, node_of(context, instance), [], keys)
        login = Login(user=pwd.getpwuid(os.getuid()).pw_name)
        argv = dataclasses.replace(made, login=login, identity=self.identity).command(["echo", "$((40+2))"])
        # BatchMode: what would ask the operator fails.
        argv[1:1] = ["-F", "/dev/null", "-o", f"ProxyCommand={self.command}", "-o", "BatchMode=yes"]
        return subprocess.run(argv, check=False, capture_output=True, text=True, timeout=60)


@pytest.fixture
def sshd(tmp_path: Path) -> Host:
    if SSHD is None:
        pytest.skip("no sshd here (Debian's openssh-server)")
    for name in ("host", "login"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(make, check=True)
    settings = tmp_path / "sshd_config"
    settings.write_text(
        f"HostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/login.pub\nStrictModes no\n"
        "PasswordAuthentication no\nUsePAM no\nPidFile none\n"
    )
    tried = subprocess.run([SSHD, "-t", "-f", settings], check=False, capture_output=True, text=True)
    if tried.returncode != 0:  # run by root, it needs a user and a folder that its package makes
        pytest.skip(f"this sshd does not run here: {tried.stderr.strip()}")
    public = (tmp_path / "host.pub").read_text()
    block = f"-----BEGIN SSH HOST KEY KEYS-----\n{public}-----END SSH HOST KEY KEYS-----\n"
    return Host(f"{SSHD} -i -e -f {settings}", block, tmp_path / "login")


def test_a_host_with_the_console_s_key_is_logged_in_to(
    context: Context, cluster: list[Instance], sshd: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows(monkeypatch, context.clients, sshd.console)
    done = sshd.answer(context, cluster[1])
    assert (done.stdout, done.returncode) == ("42\n", 0)


def test_a_host_with_another_key_than_the_console_s_gets_no_connection(
    context: Context, cluster: list[Instance], sshd: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows(monkeypatch, context.clients, CONSOLE)
    done = sshd.answer(context, cluster[1])
    assert done.returncode == 255
    assert done.stdout == ""
    assert "Host key verification failed" in done.stderr


def test_the_key_of_one_instance_is_not_good_for_another_at_the_same_address(
    context: Context, cluster: list[Instance], sshd: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows(monkeypatch, context.clients, sshd.console, CONSOLE)
    assert sshd.answer(context, cluster[1]).returncode == 0
    assert sshd.answer(context, cluster[2]).returncode == 255
