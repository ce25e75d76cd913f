# URL of the node bucket: one record per node, key = certname.
type Puppet::Store_url = Pattern[
  /\As3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z/,
  /\Ahttps?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[^\s?#]*)?\z/,
  /\Afile:\/\/\/[^\s?#]+\z/
]
