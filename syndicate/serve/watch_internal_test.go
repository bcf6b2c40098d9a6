package serve

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"reprint/cache"
)

// silent is a store that never answers.
type silent struct{ Store }

func (silent) Revocations(ctx context.Context) ([]cache.Revocation, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestPartnersDoNotQueue: while the store is silent, partners are told so after the same time, however many ask.
func TestPartnersDoNotQueue(t *testing.T) {
	t.Parallel()
	v := &revocations{store: silent{}, asking: newTurn()}
	begun := time.Now()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := v.current(t.Context(), time.Now()); !errors.Is(err, cache.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if took := time.Since(begun); took > 2*UsualLease {
		t.Errorf("the last one was told after %v", took)
	}
}
