# @summary The master's virtual host: certificates of the site's CA, current ones, and nobody else.
#
# @api private
class puppet::master::vhost {
  assert_private()

  $public = "${puppet::master::approot}/public"

  # No identity comes from a header; these are taken off all the same.
  $spoofs = [
    'X-Client-Cert', 'X-Client-CN', 'X-Client-DN', 'X-Client-S-DN', 'X-Client-Verify',
    'X-Forwarded-Client-Cert', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP',
    'X-SSL-Client-CN', 'X-SSL-Client-DN', 'X-SSL-Client-Verify', 'X-SSL-Subject', 'X-Authentication',
  ]

  # Of a large catalog, a quarter of the processor's time was Ruby's garbage collector, which by default waits for
  # little: it runs half as often where it may leave more of the heap free, for some 30 MB a worker (`bench/tunings`).
  $collector = [
    'RUBY_GC_HEAP_FREE_SLOTS_MIN_RATIO 0.40',
    'RUBY_GC_HEAP_FREE_SLOTS_GOAL_RATIO 0.65',
    'RUBY_GC_MALLOC_LIMIT 67108864',
    'RUBY_GC_MALLOC_LIMIT_MAX 134217728',
    'RUBY_GC_OLDMALLOC_LIMIT 134217728',
    'RUBY_GC_OLDMALLOC_LIMIT_MAX 536870912',
  ]

  apache::vhost { 'puppet-master':
    servername        => $puppet::master::server,
    port              => $puppet::master::port,
    docroot           => $public,
    manage_docroot    => false,
    *                 => puppet::vhost_tls('require'),
    ssl_options       => ['+StdEnvVars', '+ExportCertData'],
    setenv            => $collector,
    request_headers   => $spoofs.map |$header| { "unset ${header}" },
    access_log_format => 'puppet',
    directories       => [
      {
        'path'           => $public,
        'require'        => 'all granted',
        'options'        => ['-MultiViews'],
        'allow_override' => ['None'],
      },
    ],
    custom_fragment   => epp('puppet/master/vhost.epp', {
        'approot'  => $puppet::master::approot,
        'user'     => $puppet::master::user,
        'workers'  => $puppet::apache::workers,
        'max_body' => $puppet::master::max_body,
    }),
  }
}
