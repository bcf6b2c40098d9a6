package redis

import (
	"context"

	goredis "github.com/redis/go-redis/v9"
)

// quiet takes what go-redis writes to the standard error by itself, into whatever is printed or logged there. The errors
// that it returns say the same, and to whom it matters.
type quiet struct{}

// Printf drops it.
func (quiet) Printf(context.Context, string, ...any) {}

func init() { goredis.SetLogger(quiet{}) }
