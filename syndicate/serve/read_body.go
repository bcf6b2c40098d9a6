package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"unicode/utf8"
)

// errTooLong tells that more was sent than anybody needs to say.
var errTooLong = errors.New("that is too long; say it in fewer words, or in several requests")

// readBody reads what was sent, at most so many bytes.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errTooLong
	}
	if err != nil {
		return nil, badRequest("what was sent could not be read: " + err.Error())
	}
	return body, nil
}

// readJSON reads JSON that was sent; what tells what it should be.
func readJSON(w http.ResponseWriter, r *http.Request, most int64, what string, v any) error {
	body, err := readBody(w, r, most)
	if err != nil {
		return err
	}
	return decodeJSON(body, what, v)
}

// decodeJSON reads JSON. A name that is misspelled is not overlooked, because what it says would be lost, and neither is
// another encoding, which would name other things than were meant.
func decodeJSON(body []byte, what string, v any) error {
	if !utf8.Valid(body) {
		return badRequest("send " + what + ": that is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badRequest("send " + what + ": " + err.Error())
	}
	if _, err := d.Token(); err != io.EOF {
		return badRequest("send " + what + ": something follows it")
	}
	return nil
}
