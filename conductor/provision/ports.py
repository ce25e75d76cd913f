"""Ports that the cluster's nodes reach one another on; whoever is not of the cluster reaches none of them.

Those of puppet's modules are their defaults: who changes them gives the hosts groups of their own
(``security_group_ids``).
"""

from __future__ import annotations

SSH = 22
PUPPET = {
    (8081, 8081): "PuppetDB",
    (8140, 8143): "masters, CA, health, packages",
}
HADOOP = {
    (8020, 8020): "namenode",
    (8030, 8033): "resourcemanager",
    (8040, 8042): "nodemanager: localizer, web",
    (8088, 8088): "resourcemanager: web",
    (9864, 9870): "datanode, secondary namenode, namenode: data, web",
    (10020, 10020): "job history",
    (10033, 10033): "job history: administration",
    (13562, 13562): "shuffle",
    (19888, 19888): "job history: web",
    # Nodemanagers and jobs' masters listen on a port that the kernel chooses (net.ipv4.ip_local_port_range).
    (32768, 60999): "nodemanager, jobs",
}
AMONG_MEMBERS = {**PUPPET, **HADOOP}
