//go:build race

package serve

// mostStates is how many states a search visits. The race detector makes it ten times as slow and finds nothing in it: one goroutine
// searches. Without it all states are visited; .ci/check does that.
const mostStates = 10_000
