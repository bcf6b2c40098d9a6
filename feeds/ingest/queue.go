package ingest

import "time"

// turn is when a source is due.
type turn struct {
	source     string
	generation int
	kind       turnKind
	at         time.Time
}

// turnKind tells the turns of a source apart; it has at most one of each.
type turnKind int

const (
	pollTurn turnKind = iota
	hubTurn
	turnKinds = 2
)

// queue is a heap of turns, the earliest first.
type queue []turn

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push and Pop are for container/heap.
func (q *queue) Push(x any) { *q = append(*q, x.(turn)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
