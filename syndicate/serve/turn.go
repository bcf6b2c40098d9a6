package serve

import "context"

// turn lets one after the other do what may take as long as the store takes to answer. Unlike behind a mutex, who waits gives up once its
// context is done.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// take waits for the turn, which give ends.
func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// bell wakes who waits for it, once however often it is rung before that.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}
