package = "app"
version = "1.0-1"
source = { url = "git://example.org/app" }
dependencies = {
   "lua >= 5.1, < 5.4",
   "luasocket == 3.0rc1-2",
   "penlight >= 1.5"
}
