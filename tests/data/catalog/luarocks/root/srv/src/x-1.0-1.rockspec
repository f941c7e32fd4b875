package = "x"
version = "1.0-1"
