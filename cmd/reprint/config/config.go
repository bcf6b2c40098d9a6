// Package config reads the configuration file: one YAML file, strict, with every mistake
// named by line and column and with a remedy.
//
// [File] is the file, key by key, and its comments are the manual. [Load] reads it, checks
// it as a whole (references, dates, addresses) and gives a [Config]: the [syndicate.House]
// that decisions rest on, the sources to poll, and the few values that the process itself
// needs. The defaults of the file stand here.
package config

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"reprint/feeds/ingest"
	"reprint/syndicate"
	"reprint/syndicate/access"
)

// Config is a checked configuration.
type Config struct {
	// House is what decisions rest on, and Rules is the same, ready to decide.
	House syndicate.House
	Rules *syndicate.Rulebook
	// Sources are the feeds to poll.
	Sources []ingest.Source
	// Authority makes permanent ids; see [feeds.MintURI].
	Authority string
	// Listen and AdminListen are addresses, Store and Data as the file says, with paths
	// made relative to the working directory.
	Listen      string
	AdminListen string
	AdminHosts  []string
	Store       string
	Data        string
	// Tokens are the partners' credentials, and Rates how many requests a minute each partner
	// may make.
	Tokens *access.Book
	Rates  map[string]int
	// Digest is the SHA-256 of the file, in hexadecimal.
	Digest string
	// Lease is for how long a word from the store is good for.
	Lease time.Duration
	// Drain is how long a server answers on once it is told to end.
	Drain time.Duration
	// Purge is the hook of the CDN in front; its URL is empty where there is none.
	Purge Purge
	// FetchAllow are the ranges that may be fetched from though they are not public.
	FetchAllow []netip.Prefix
}

// The defaults of keys that may be left out.
const (
	defaultListen      = "127.0.0.1:8080"
	defaultAdminListen = "127.0.0.1:8081"
	defaultStore       = "sqlite:data/reprint.db"
	defaultData        = "data"
	defaultLanguage    = "en"
	defaultLimit       = 30
	defaultClaimDays   = 30
	defaultAnswerDays  = 14
	defaultTagYear     = "2026"
	defaultRate        = 600
	defaultLease       = 2 * time.Second
	defaultSlowLease   = 10 * time.Second // of SQLite
)

// Load reads the configuration at path. Relative paths in it are relative to its directory.
// What is wrong with it is returned as [Problems], all of them.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parse(path, filepath.Dir(path), data)
}

// Parse reads a configuration from memory. The name stands in problems; relative paths
// stay as they are.
func Parse(name string, data []byte) (*Config, error) { return parse(name, "", data) }

func parse(name, dir string, data []byte) (*Config, error) {
	var file File
	d := &decoder{name: name}
	d.decode(data, &file)
	if len(d.problems) > 0 {
		return nil, inOrder(d.problems)
	}
	b := &builder{file: file, dir: dir, decoder: d}
	c := b.config()
	sum := sha256.Sum256(data)
	c.Digest = hex.EncodeToString(sum[:])
	if len(d.problems) > 0 {
		return nil, inOrder(d.problems)
	}
	return c, nil
}
