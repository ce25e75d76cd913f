# @summary Text as the content of an XML element
# @api private
function hadoop::xml_escape(Variant[String, Numeric, Boolean] $value) >> String {
  String($value, '%s').regsubst('&', '&amp;', 'G').regsubst('<', '&lt;', 'G').regsubst('>', '&gt;', 'G')
}
