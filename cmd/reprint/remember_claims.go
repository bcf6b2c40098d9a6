package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"reprint/syndicate/claim"
	"reprint/syndicate/ledger"
)

// claimFileEnd is how the names of the files of claims end, and damagedEnd what is put behind that where one cannot be read.
const (
	claimFileEnd = ".json"
	damagedEnd   = ".damaged"
)

// claimFile is where the state of a claim is kept. What a claimant says of himself is to be deleted some day, which
// nothing in the ledger is. It is named after the claim and not after its number, which a store that fell back may give to another.
func (m remembering) claimFile(key string) string {
	return filepath.Join(m.claims, fmt.Sprintf("%.10x", sha256.Sum256([]byte(key)))+claimFileEnd)
}

// recallClaims reads the claims that were remembered.
func (m remembering) recallClaims() ([]claim.Claim, error) {
	files, err := os.ReadDir(m.claims)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []claim.Claim
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), claimFileEnd) {
			continue
		}
		path := filepath.Join(m.claims, f.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var c claim.Claim
		if json.Unmarshal(text, &c) != nil {
			// It is one claim, which the store has too; that the server does not start would be worse.
			if err := os.Rename(path, path+damagedEnd); err != nil {
				return nil, err
			}
			if m.log != nil {
				m.log.Error("a claim's file cannot be read and was put aside; the claim itself is in the store", "file", path+damagedEnd)
			}
			continue
		}
		all = append(all, c)
	}
	return all, nil
}

// RecallClaim implements serve.Memory.
func (m remembering) RecallClaim(key string) (c claim.Claim, err error) {
	text, err := os.ReadFile(m.claimFile(key))
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(text, &c)
}

// RememberClaim implements serve.Memory. The same state twice is on the record once, also where the disk takes no file.
func (m remembering) RememberClaim(ctx context.Context, c claim.Claim) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	path := m.claimFile(c.Key)
	if c.IsErased() { // who he was may be readable in what was damaged
		if err := os.Remove(path + damagedEnd); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if known, err := os.ReadFile(path); err == nil && bytes.Equal(known, text) {
		return nil
	}
	if err := os.MkdirAll(m.claims, 0o700); err != nil {
		return err
	}
	fresh, err := writeBeside(path, text)
	if err != nil {
		return err
	}
	if err := m.append(ctx, ledger.Entry{At: m.now(), Kind: ledger.KindClaim, Claim: stepOf(c, text)}); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	return takePlace(fresh, path)
}

// stepOf is how the last event of a claim stands on the record.
func stepOf(c claim.Claim, text []byte) *ledger.ClaimStep {
	step := &ledger.ClaimStep{Number: c.Number, State: c.State(), By: claim.ByClaimant, Items: c.Items, Digest: fmt.Sprintf("%x", sha256.Sum256(text))}
	if n := len(c.Events); n > 0 {
		last := c.Events[n-1]
		step.State, step.By, step.Order = string(last.Kind), last.By, last.Order
	}
	return step
}

// beside is how the name ends of a file that is to take the place of another.
const beside = ".new"

// writeBeside writes a text to a file beside the one whose place it is to take, and returns its name.
func writeBeside(path string, text []byte) (string, error) {
	fresh := path + beside
	f, err := os.OpenFile(fresh, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fresh, err
	}
	_, err = f.Write(text)
	return fresh, errors.Join(err, f.Sync(), f.Close())
}

// takePlace puts a file in the place of another, so that after a loss of power one of them is there whole.
func takePlace(fresh, path string) error {
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
