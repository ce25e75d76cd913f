"""The command line's commands, a module for each group of them; ``conductor.cli`` puts them together."""
