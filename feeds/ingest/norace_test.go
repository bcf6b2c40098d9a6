//go:build !race

package ingest_test

// slowness is by how much the race detector slows down what it watches; it is off.
const slowness = 1
