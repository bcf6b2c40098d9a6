package pull

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"reprint/syndicate/ledger"
)

// receiptID is what Reprint-Receipt looks like: the ledger and the number of the entry.
var receiptID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9]+$`)

// keepReceipt fetches the receipt of a page, checks it, and keeps it.
func keepReceipt(ctx context.Context, c *Client, dir *Dir, of answer) error {
	if !receiptID.MatchString(of.receipt) {
		return fmt.Errorf("%q is no number of a receipt", of.receipt)
	}
	a, err := c.get(ctx, "/partner/receipts/"+of.receipt)
	if err != nil {
		return fmt.Errorf("receipt %s: %w", of.receipt, err)
	}
	receipt, err := ledger.ReadReceipt(a.body)
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(of.receipt, "-")
	key, err := publicKey(ctx, c, dir, id)
	if err != nil {
		return err
	}
	entry, _, err := receipt.Check(key)
	if err != nil {
		return fmt.Errorf("receipt %s proves nothing: %w", of.receipt, err)
	}
	if fmt.Sprintf("%s-%d", receipt.Ledger, entry.N) != of.receipt || entry.Pulled == nil || entry.Pulled.Body != digestOf(of.body) {
		return fmt.Errorf("receipt %s is not for what was received", of.receipt)
	}
	return dir.put(a.body, "receipts", of.receipt+".json")
}

// publicKey returns the key of a ledger: the one that is kept, else the one that the publisher
// names now, which is then kept. Who changes the record later cannot change that.
func publicKey(ctx context.Context, c *Client, dir *Dir, id string) (string, error) {
	text, err := os.ReadFile(dir.file("keys", id+".pub"))
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	a, err := c.get(ctx, "/partner")
	if err != nil {
		return "", err
	}
	var self struct {
		Ledger struct {
			ID  string `json:"id"`
			Key string `json:"public_key"`
		} `json:"ledger"`
	}
	if err := json.Unmarshal(a.body, &self); err != nil {
		return "", err
	}
	if self.Ledger.ID != id {
		return "", fmt.Errorf("the key of ledger %s is at another server of the publisher; try again", id)
	}
	return self.Ledger.Key, dir.put([]byte(self.Ledger.Key+"\n"), "keys", id+".pub")
}
