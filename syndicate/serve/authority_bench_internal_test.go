package serve

import (
	"testing"
	"time"
)

// BenchmarkLastMoment is what every answer with items pays for withdrawals.
func BenchmarkLastMoment(b *testing.B) {
	s := bare(time.Now)
	until := time.Now().Add(time.Hour)
	s.authority.until.Store(&until)
	s.authority.version.Store(7)
	d := new(decidable)
	d.version.Store(7)
	now := time.Now()
	for b.Loop() {
		if err := s.lastMoment(d, now); err != nil {
			b.Fatal(err)
		}
	}
}
