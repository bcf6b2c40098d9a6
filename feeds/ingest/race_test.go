//go:build race

package ingest_test

// slowness is by how much the race detector slows down and fattens what it watches.
const slowness = 30
