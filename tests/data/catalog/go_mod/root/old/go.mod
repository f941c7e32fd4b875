module old

go 1.16

require "github.com/pkg/errors" v0.8.1 // quoted
