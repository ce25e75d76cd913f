# One of a few levels.
type Differential::Level = Variant[Enum['low', 'high'], Integer[0, 10]]
