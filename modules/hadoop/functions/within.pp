# @summary Whether a path is a directory or beneath it
# @api private
function hadoop::within(Hadoop::Directory $path, Hadoop::Directory $directory) >> Boolean {
  "${path}/"[0, "${directory}/".length] == "${directory}/"
}
