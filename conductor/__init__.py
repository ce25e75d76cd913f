"""Launches nodes of a Puppet-managed Hadoop cluster through the EC2 and S3 APIs.

Usable as a library: clients are passed in (``conductor.clients.Clients``), everything raises
``conductor.errors.ConductorError`` and only ``conductor.cli.main`` turns errors into exit codes.
"""
