"""The systemd unit and the tmpfiles.d entry of a package."""

from .spec import Daemon, Directory, Package

UNIT = """\
[Unit]
Description={summary}
Documentation=https://hadoop.apache.org/docs/r{upstream}/
Wants=network-online.target
After=network-online.target remote-fs.target nss-lookup.target{after}
# What cannot run ends after some seconds: tried for about seven minutes, then given up until ten are over.
StartLimitIntervalSec=600
StartLimitBurst=60

[Service]
Type=exec
User={user}
Group={user}
{condition}ExecStart=/usr/bin/{command} --daemon run {name}
SuccessExitStatus=143
Restart=on-failure
{restart}RestartSec=3
TimeoutStopSec={stop}
KillMode=mixed
{hardening}
[Install]
WantedBy=multi-user.target
"""

# Where they write is the site's to say (data directories, in /home too), so only what is the system's is
# closed to them; /tmp is shared, since the JDK's tools (jps, jstack) find a process by it. Java writes code
# into memory: no MemoryDenyWriteExecute.
HARDENING = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=full
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
"""


def unit(package: Package, daemon: Daemon, upstream: str) -> str:
    """Return the text of PACKAGE.service."""
    ready = f"ExecCondition=/usr/lib/hadoop-hdfs/libexec/hdfs-daemon-ready {daemon.name}\n"
    # A NodeManager that still waits for its ResourceManager does not heed a request to stop.
    stop = 20 if daemon.name == "nodemanager" else 60
    return UNIT.format(
        summary=f"Hadoop {package.summary}",
        upstream=upstream,
        after="".join(f" {unit}.service" for unit in daemon.after),
        user=daemon.user,
        condition=ready if daemon.ready else "",
        command=daemon.command,
        name=daemon.name,
        stop=stop,
        # A DataNode that its NameNode turned away, whose resolver may have failed for a moment, exits with 0.
        # A NodeManager does so when it has been decommissioned, and stays down.
        restart="RestartForceExitStatus=0\n" if daemon.name == "datanode" else "",
        # A NodeManager starts containers, by a setuid program where the site uses the LinuxContainerExecutor,
        # in cgroups: nearly all of this would take away what these need.
        hardening="" if daemon.name == "nodemanager" else HARDENING,
    )


def tmpfiles(directory: Directory) -> str:
    """Return the tmpfiles.d line of a directory under /run."""
    return f"d {directory.path} {directory.mode} {directory.owner} {directory.group} -\n"
