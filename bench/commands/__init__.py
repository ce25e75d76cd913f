"""The commands, one a module; bench/NAME runs bench/commands/NAME.py."""
