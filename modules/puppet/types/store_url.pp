# @summary URL of the node bucket: one record per node, key = certname
#
# It stands in a crontab, a unit and YAML: nothing that has a meaning there is in it.
type Puppet::Store_url = Pattern[
  /\As3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z/,
  /\Ahttps:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~\/-]*)?\z/,
  /\Afile:\/\/\/[A-Za-z0-9._~\/-]+\z/
]
