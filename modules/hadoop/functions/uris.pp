# @summary Directories as Hadoop takes them
#
# @param directories The directories
# @return URIs, separated by commas
# @api private
function hadoop::uris(Array[Stdlib::Absolutepath] $directories) >> String {
  $directories.map |$directory| { "file://${directory}" }.join(',')
}
