# @summary Text as the content of an XML element
#
# @param value The text
# @return The text, escaped
# @api private
function hadoop::xml_escape(Variant[String, Numeric, Boolean] $value) >> String {
  String($value, '%s').regsubst('&', '&amp;', 'G').regsubst('<', '&lt;', 'G').regsubst('>', '&gt;', 'G')
}
