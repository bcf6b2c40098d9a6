//go:build race

package extract_test

// slowness is by how much the race detector slows down and fattens what it watches, on a machine that does other things too.
const slowness = 30
