# @summary Properties of one *-site.xml; undef takes one of the module's own away
type Hadoop::Properties = Hash[Pattern[/\A[^\s<>&]+\z/], Optional[Variant[String, Numeric, Boolean]]]
