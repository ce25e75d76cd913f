"""The systemd unit and the tmpfiles.d entry of a package."""

from .spec import Daemon, Directory, Package

UNIT = """\
[Unit]
Description={summary}
Documentation=https://hadoop.apache.org/docs/r{upstream}/
Wants=network-online.target
After=network-online.target remote-fs.target nss-lookup.target{after}
# Five starts that fail within five minutes end the attempts; a later start begins anew.
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
User={user}
Group={user}
{condition}ExecStart=/usr/bin/{command} --daemon run {name}
SuccessExitStatus=143
Restart=on-failure
RestartSec=10
TimeoutStopSec=60
KillMode=mixed
{hardening}
[Install]
WantedBy=multi-user.target
"""


def unit(package: Package, daemon: Daemon, upstream: str) -> str:
    """Return the text of PACKAGE.service."""
    ready = f"ExecCondition=/usr/lib/hadoop-hdfs/libexec/hdfs-daemon-ready {daemon.name}\n" if daemon.ready else ""
    return UNIT.format(
        summary=f"Hadoop {package.summary}",
        upstream=upstream,
        after="".join(f" {unit}.service" for unit in daemon.after),
        user=daemon.user,
        condition=ready,
        command=daemon.command,
        name=daemon.name,
        # A NodeManager starts containers, by a setuid program where the site uses the LinuxContainerExecutor.
        hardening="" if daemon.name == "nodemanager" else "NoNewPrivileges=yes\n",
    )


def tmpfiles(directory: Directory) -> str:
    """Return the tmpfiles.d line of a directory under /run."""
    return f"d {directory.path} {directory.mode} {directory.owner} {directory.group} -\n"
