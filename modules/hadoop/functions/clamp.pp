# @summary The value, or the nearer of the two bounds
#
# @param value Any value
# @param low The least
# @param high The most
# @return A value within the bounds
# @api private
function hadoop::clamp(Numeric $value, Integer $low, Integer $high) >> Integer {
  Integer([$low, [$high, $value].min].max)
}
