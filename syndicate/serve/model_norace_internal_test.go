//go:build !race

package serve

import "math"

// mostStates is how many states a search visits: all.
const mostStates = math.MaxInt
