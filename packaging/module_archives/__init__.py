"""Archives of Puppet modules, in the format of `puppet module build`."""
