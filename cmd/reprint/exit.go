package main

import (
	"errors"
	"fmt"
	"strings"
)

// The exit codes, which scripts may rely on.
const (
	exitOK       = 0 // all is well
	exitFailed   = 1 // the command could not do what it was asked for
	exitUsage    = 2 // the command line or the configuration is wrong
	exitFindings = 3 // the command did its work, and found something that needs attention
)

var exitMeanings = []string{
	exitOK:       "all is well",
	exitFailed:   "the command could not do what it was asked for",
	exitUsage:    "the command line or the configuration is wrong",
	exitFindings: "the command did its work and found something that needs attention",
}

// exitHelp lists the exit codes for help texts.
func exitHelp() string {
	var b strings.Builder
	b.WriteString("Exit codes:\n")
	for code, meaning := range exitMeanings {
		fmt.Fprintf(&b, "  %d  %s\n", code, meaning)
	}
	return b.String()
}

// exitError ends the process with a code. An empty message prints nothing.
type exitError struct {
	code    int
	message string
}

func (e *exitError) Error() string { return e.message }

// usage is an error of the one who called.
func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, args...)}
}

// codeOf returns the exit code for what a command returned.
func codeOf(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		return e.code
	}
	return exitFailed
}
