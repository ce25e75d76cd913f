# @summary Directories as Hadoop takes them
# @api private
function hadoop::uris(Array[Stdlib::Absolutepath] $directories) >> String {
  $directories.map |$directory| { "file://${directory}" }.join(',')
}
