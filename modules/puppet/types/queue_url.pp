# @summary URL of a queue of SQS, as its API gives it
#
# It stands in a unit: nothing that has a meaning there is in it.
type Puppet::Queue_url = Pattern[/\Ahttps:\/\/[A-Za-z0-9.-]+(:\d{1,5})?\/\d{12}\/[A-Za-z0-9_-]{1,80}\z/]
