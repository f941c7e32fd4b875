-- a rock of the tests
package = "plimsoll-test"
version = "1.2-1"
source = { url = "git+file:///srv/rock" }
description = {
   summary = "nothing",
   license = "MIT/X11",
}
dependencies = {
   "lua >= 5.1",
}
build = { type = "builtin", modules = { ["plimsoll.test"] = "test.lua" } }
