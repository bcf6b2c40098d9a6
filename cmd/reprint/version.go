package main

import (
	"fmt"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the version, the commit and the toolchain.
func (versionCmd) Run(p *process) error {
	fmt.Fprintln(p.stdout, version())
	return nil
}

// version describes the binary in one line.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "reprint (unknown build)"
	}
	v, commit := info.Main.Version, ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			commit = " " + s.Value[:12]
		}
	}
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	return fmt.Sprintf("reprint %s%s (%s)", v, commit, info.GoVersion)
}
