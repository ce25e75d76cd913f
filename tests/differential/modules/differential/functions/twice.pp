# A function in Puppet's language.
function differential::twice(Differential::Level $level) >> Array {
  [$level, $level]
}
