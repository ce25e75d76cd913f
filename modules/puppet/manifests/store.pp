# @summary What a host needs to use a node bucket, by the kind of its URL
#
# @param url
#   The node bucket.
#
# @api private
define puppet::store (
  Puppet::Store_url $url = $name,
) {
  assert_private()

  if $url =~ /\As3:/ {
    ensure_resource('package', ['python3-boto3'], { 'ensure' => 'installed' })
  }
}
