module example.com/ship

go 1.21

require github.com/spf13/pflag v1.0.5

require (
	github.com/pkg/errors v0.9.1 // indirect
	golang.org/x/text v0.13.0
	example.com/local v0.0.0
)

replace example.com/local => ./local

replace golang.org/x/text v0.13.0 => golang.org/x/text v0.14.0

replace golang.org/x/text v0.12.0 => golang.org/x/text v0.1.0

exclude github.com/pkg/errors v0.8.0
