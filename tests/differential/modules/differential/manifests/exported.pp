# Exports a resource, collects those of others, and asks PuppetDB.
class differential::exported {
  @@notify { "exported by ${trusted['certname']}":
    tag => 'differential',
  }
  Notify <<| tag == 'differential' and title != "exported by ${trusted['certname']}" |>>
  $found = puppetdb_query('resources[certname] { type = "Class" and title = "Nothing::Has_this" }')
  notify { 'asked':
    message => "${found.length} found",
  }
}
