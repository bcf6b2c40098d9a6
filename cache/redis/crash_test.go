package redis_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"reprint/cache"
	"reprint/cache/cachetest"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
)

// writerPlace, in the environment of this test binary, makes it a writer that is killed.
const writerPlace = "REPRINT_TEST_WRITER"

func TestMain(m *testing.M) {
	place := os.Getenv(writerPlace)
	if place == "" {
		os.Exit(m.Run())
	}
	from, _ := strconv.Atoi(os.Args[1])
	s, err := redis.Open(context.Background(), place, "")
	if err == nil {
		err = cachetest.Write(context.Background(), s, from, os.Stdout)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestCrash kills writers at random moments. No acknowledged item is lost, none is doubled.
func TestCrash(t *testing.T) {
	t.Parallel()
	place := redistest.Start(t).URL("w")
	cachetest.Crash(t, func(t *testing.T) cache.Store { return openAt(t, place) }, func(from int) *exec.Cmd {
		cmd := exec.Command(os.Args[0], strconv.Itoa(from))
		cmd.Env = append(os.Environ(), writerPlace+"="+place)
		return cmd
	}, 12)
}
