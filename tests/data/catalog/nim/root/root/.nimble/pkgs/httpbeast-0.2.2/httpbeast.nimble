version       = "0.2.2"
license       = "MIT"
