# frozen_string_literal: true

# A function in Ruby: what kinds of values there are, in an order that must not depend on the interpreter.
Puppet::Functions.create_function(:'differential::shape') do
  dispatch :shape do
    param 'Any', :value
    return_type 'String'
  end

  def shape(value)
    case value
    when Hash then "{#{value.map { |key, item| "#{key}=>#{shape(item)}" }.join(',')}}"
    when Array then "[#{value.map { |item| shape(item) }.join(',')}]"
    else "#{value.class}:#{value}"
    end
  end
end
