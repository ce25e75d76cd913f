# @summary The value, or the nearer of the two bounds
# @api private
function hadoop::clamp(Numeric $value, Integer $low, Integer $high) >> Integer {
  Integer([$low, [$high, $value].min].max)
}
