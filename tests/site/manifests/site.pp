# What a node is, its record says.
node default {}
