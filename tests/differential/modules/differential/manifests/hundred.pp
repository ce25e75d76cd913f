# A hundred classes, each in a file of its own.
class differential::hundred {
  Integer[1, 100].each |$i| {
    include sprintf('differential::hundred::c%03d', $i)
  }
}
