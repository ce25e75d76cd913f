# @summary Whether a path is a directory or beneath it
#
# @param path The path
# @param directory The directory
# @return True if it is
# @api private
function hadoop::within(Hadoop::Directory $path, Hadoop::Directory $directory) >> Boolean {
  "${path}/"[0, "${directory}/".length] == "${directory}/"
}
