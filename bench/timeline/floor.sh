#!/bin/bash
# shellcheck disable=SC2154 # role, namenode, jobtracker, packages, daemons and payload are set before this line
#
# The floor: what a node of Hadoop needs with no Puppet at all. `payload` is a tar.gz, in base64, of what Puppet
# writes on such a node, with place holders for names.
set -eu

mark() { echo "$1 $(date +%s.%N)" >> /var/log/floor-marks; }
trap '[ $? -eq 0 ] || mark failed' EXIT
mark boot

self=$(hostname --fqdn)
namenode=${namenode:-$self}
jobtracker=${jobtracker:-$self}
base64 --decode <<< "$payload" | tar --extract --gzip --directory / --no-same-owner
grep --recursive --files-with-matches '@[A-Z]*@' /etc/hadoop/conf.puppet /etc/hosts |
  xargs sed --in-place "s/@SELF@/$self/g; s/@NAMENODE@/$namenode/g; s/@JOBTRACKER@/$jobtracker/g"
sed --in-place '/^127\.0\.1\.1/d' /etc/hosts
echo "$(hostname --ip-address) $self ${self%%.*}" >> /etc/hosts

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
mark lists
# The daemons start once they are configured, not while packages are unpacked.
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 0755 /usr/sbin/policy-rc.d
# shellcheck disable=SC2086
apt-get install -q -y -o DPkg::Options::=--force-confold $packages
rm /usr/sbin/policy-rc.d
mark packages

update-alternatives --install /etc/hadoop/conf hadoop-conf /etc/hadoop/conf.puppet 50
export HADOOP_CONF_DIR=/etc/hadoop/conf
directory() { install --directory --owner "$2" --group "$2" --mode "$3" "$1"; }
case $role in
  namenode)
    directory /var/lib/hadoop-hdfs/name hdfs 0700
    runuser --user hdfs -- hdfs namenode -format -nonInteractive
    ;;
  worker)
    directory /var/lib/hadoop-hdfs/data hdfs 0700
    directory /var/lib/hadoop-yarn/local yarn 0755
    directory /var/log/hadoop-yarn/containers yarn 0755
    ;;
  jobtracker)
    directory /var/lib/hadoop-hdfs/namesecondary hdfs 0700
    ;;
esac
systemctl daemon-reload
# shellcheck disable=SC2086
systemctl start $daemons
mark daemons

if [ "$role" = namenode ]; then
  python3 - "http://$self:9870/webhdfs/v1" << 'PYTHON'
import sys, time, urllib.parse, urllib.request

def ask(operation, path, **more):
    query = urllib.parse.urlencode({"op": operation, "user.name": "hdfs", **more})
    request = urllib.request.Request(f"{sys.argv[1]}{path}?{query}", method="PUT")
    end = time.monotonic() + 300
    while True:
        try:
            return urllib.request.urlopen(request, timeout=60).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)

for path, owner, mode in (
    ("/", "hdfs", "755"), ("/tmp", "hdfs", "1777"), ("/tmp/hadoop-yarn/staging", "mapred", "1777"),
    ("/user", "hdfs", "755"), ("/user/history", "mapred", "755"), ("/user/history/done", "mapred", "770"),
    ("/user/history/done_intermediate", "mapred", "1777"), ("/var/log/hadoop-yarn/apps", "yarn", "1777"),
    ("/user/root", "root", "700"),
):
    ask("MKDIRS", path, permission=mode)
    ask("SETPERMISSION", path, permission=mode)
    ask("SETOWNER", path, owner=owner, group="hadoop")
PYTHON
  mark directories
fi
