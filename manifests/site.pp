# What every node gets besides the classes of its record: nothing. What a node is stands in one place,
# its record, which the ENC reads.
node default {}
