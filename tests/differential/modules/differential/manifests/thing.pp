# A defined type.
define differential::thing (
  Differential::Level $level = 5,
  Array[String] $names = [],
) {
  notify { "thing ${title}":
    message => "${level} ${names.join(',')}",
    tag     => ['differential', $title],
  }
}
