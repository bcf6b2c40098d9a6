package cachetest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"reprint/cache"
)

// perBatch is how many items each put of a writer has.
const perBatch = 5

// Write puts batch after batch, beginning with a number, until it is killed. It prints the
// number of each batch once the store has acknowledged it. A test binary runs it as a
// process of its own; see [Crash].
func Write(ctx context.Context, s cache.Store, from int, out io.Writer) error {
	for n := from; ; n++ {
		if _, err := s.Put(ctx, batchNumber(n)); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, n); err != nil {
			return err
		}
	}
}

func batchNumber(n int) cache.Batch {
	batch := BatchOf("w")
	for i := range perBatch {
		batch.Items = append(batch.Items, Item("w", n*perBatch+i, 1))
	}
	batch.Poll.ETag = strconv.Itoa(n)
	return batch
}

// Crash kills writers with SIGKILL at random moments and looks at what they leave: every
// batch that was acknowledged is there, whole, and in the journal; nothing is there twice,
// neither then nor after the batch that was cut short is put again.
//
// writer returns the command that runs [Write] from a number on, on the place that open opens.
func Crash(t *testing.T, open Open, writer func(from int) *exec.Cmd, rounds int) {
	t.Helper()
	next := 0
	for range rounds {
		acknowledged := killed(t, writer(next), time.Duration(rand.IntN(150))*time.Millisecond)
		s := open(t)
		for n := next; n <= max(acknowledged, next); n++ { // the last one may have been cut short
			again, err := s.Put(t.Context(), batchNumber(n))
			if err != nil {
				t.Fatal(err)
			}
			if n <= acknowledged && again.Unchanged != perBatch {
				t.Fatalf("batch %d was acknowledged, and then %+v", n, again)
			}
		}
		// The batch after the last acknowledged one may be there too.
		if _, err := s.Put(t.Context(), batchNumber(acknowledged+1)); err != nil {
			t.Fatal(err)
		}
		next = max(next, acknowledged+1) + 1
		complete(t, s, next*perBatch)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if next <= rounds {
		t.Fatalf("the writers got no further than batch %d: nothing was tried", next)
	}
}

// killed runs a writer, kills it after a while, and returns the last number that it printed;
// -1 if none.
func killed(t *testing.T, cmd *exec.Cmd, after time.Duration) int {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	last := -1
	read := func() bool {
		ok := lines.Scan()
		if n, err := strconv.Atoi(lines.Text()); ok && err == nil {
			last = n
		}
		return ok
	}
	if !read() { // it writes now
		t.Fatalf("the writer wrote nothing: %s", &stderr)
	}
	time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	for read() {
		continue
	}
	_ = cmd.Wait()
	return last
}

// complete checks that items 0 to n-1 are in the store and each once in the journal.
func complete(t *testing.T, s cache.Store, n int) {
	t.Helper()
	items, err := s.Latest(t.Context(), []string{"w"}, n+100)
	if err != nil || len(items) != n {
		t.Fatalf("%d items, want %d, %v", len(items), n, err)
	}
	count := make(map[string]int)
	for _, c := range journal(t, s) {
		count[c.Item]++
	}
	var wrong []string
	for _, i := range items {
		if count[i.ID] != 1 {
			wrong = append(wrong, fmt.Sprintf("%s %d times", i.URI, count[i.ID]))
		}
	}
	if len(count) != n || len(wrong) > 0 {
		t.Fatalf("%d items in the journal, want %d; %s", len(count), n, strings.Join(wrong, ", "))
	}
}
