// Command mutants makes code wrong in one small way after the other, and tells which of these
// mutants no test notices. It knows the conditions of case clauses, which are most of the
// conditions here and which the tools that we tried leave alone.
//
//	go run ./.ci/mutants FILE... -- PACKAGE...
//
// The packages' tests are run in turn until one fails. Nothing of the work tree is changed.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// patience bounds one run of a package's tests; a mutant that takes longer is noticed.
const patience = 20 * time.Second

// outcome is what became of a mutant.
type outcome string

const (
	killed   outcome = "killed"
	survived outcome = "SURVIVED"
	broken   outcome = "does not compile"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	split := slices.Index(args, "--")
	if split <= 0 || split == len(args)-1 {
		return fmt.Errorf("usage: mutants FILE... -- PACKAGE...")
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	total := map[outcome]int{}
	for _, file := range args[:split] {
		counts, err := mutate(dir, file, args[split+1:])
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d killed, %d survived\n", file, counts[killed], counts[survived])
		for o, n := range counts {
			total[o] += n
		}
	}
	all := total[killed] + total[survived]
	fmt.Printf("%d mutants, %d killed (%.1f %%), %d survived; %d more did not compile\n",
		all, total[killed], 100*float64(total[killed])/float64(max(all, 1)), total[survived], total[broken])
	return nil
}

// mutate tries every change of one file, as many at once as there are processors.
func mutate(dir, file string, packages []string) (map[outcome]int, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	changes, err := changesOf(path, source)
	if err != nil {
		return nil, err
	}
	var (
		next   = make(chan int)
		ends   = make([]outcome, len(changes))
		failed = make([]error, len(changes))
		group  sync.WaitGroup
	)
	for range runtime.NumCPU() {
		group.Go(func() {
			for i := range next {
				ends[i], failed[i] = try(filepath.Join(dir, fmt.Sprint(i)), path, changes[i].applied(source), packages)
			}
		})
	}
	for i := range changes {
		next <- i
	}
	close(next)
	group.Wait()
	return report(file, source, changes, ends, failed)
}

// report prints the survivors of a file and counts them all.
func report(file string, source []byte, changes []change, ends []outcome, failed []error) (map[outcome]int, error) {
	counts := map[outcome]int{}
	for i, c := range changes {
		if failed[i] != nil {
			return nil, failed[i]
		}
		counts[ends[i]]++
		if ends[i] == survived {
			line := strings.TrimSpace(strings.Split(string(c.applied(source)), "\n")[c.line-1])
			fmt.Printf("%s:%d: %q for %q: %s\n", file, c.line, c.with, source[c.from:c.to], line)
		}
	}
	return counts, nil
}

// applied returns the source with the change in it.
func (c change) applied(source []byte) []byte {
	return slices.Concat(source[:c.from], []byte(c.with), source[c.to:])
}

// try runs the tests with a file replaced.
func try(dir, path string, mutant []byte, packages []string) (outcome, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	replaced, overlay := filepath.Join(dir, filepath.Base(path)), filepath.Join(dir, "overlay.json")
	plan, err := json.Marshal(map[string]map[string]string{"Replace": {path: replaced}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(replaced, mutant, 0o644); err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, plan, 0o644); err != nil {
		return "", err
	}
	for _, p := range packages {
		if o := test(overlay, p); o != survived {
			return o, nil
		}
	}
	return survived, nil
}

// test runs the tests of one package.
func test(overlay, packageName string) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), patience+time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "go", "test", "-overlay", overlay, "-vet=off", "-count=1", "-failfast", "-timeout", patience.String(), packageName)
	said, err := command.CombinedOutput()
	switch {
	case err == nil:
		return survived
	case bytes.Contains(said, []byte("[build failed]")):
		return broken
	}
	return killed
}
