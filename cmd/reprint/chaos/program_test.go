package chaos

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programPlace, in the environment, is where the program is that all tests start.
const programPlace = "REPRINT_TEST_PROGRAM"

// TestMain builds the program once.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "reprint-chaos-*")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(dir, "reprint")
	out, err := exec.Command("go", "build", "-o", path, "reprint/cmd/reprint").CombinedOutput()
	code := 1
	if err == nil && os.Setenv(programPlace, path) == nil {
		code = m.Run()
	} else {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}
