# @summary Fail if directories of a class cannot be used together, with the parameters' names
#
# @param class The class that has the parameters
# @param directories The directories by parameter
# @param mountpoints Mount points that the directories are beneath
# @return Nothing
# @api private
function hadoop::check_directories(
  String[1] $class,
  Hash[String[1], Array[Hadoop::Directory]] $directories,
  Array[Hadoop::Directory] $mountpoints,
) {
  $all = $directories.reduce([]) |$sum, $entry| { $sum + $entry[1].map |$path| { [$entry[0], $path] } }

  $all.each |$index, $one| {
    $all.each |$other_index, $other| {
      if $index != $other_index and hadoop::within($other[1], $one[1]) {
        fail("${class}: ${other[1]} (${other[0]}) is within ${one[1]} (${one[0]}); each needs a directory of its own")
      }
    }
  }
  $mountpoints.each |$mountpoint| {
    unless $all.any |$one| { hadoop::within($one[1], $mountpoint) } {
      fail("${class}: mountpoints names ${mountpoint}, beneath which is none of ${directories.keys.join(', ')}")
    }
  }
}
