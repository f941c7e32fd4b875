module x

require y v1.0.0
