package serve

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"reprint/syndicate/claim"
)

// mostFiling bounds what is sent to file a claim, in bytes.
const mostFiling = 256 << 10

// said is what somebody sent about a claim: a filing, or an answer to one.
type said struct {
	claim.Filing
	Key    string `json:"key"`
	Action string `json:"action"` // answer or retract
	Text   string `json:"text"`
	isForm bool   // a person wrote it, and reads a page
}

// readSaid reads a form or JSON.
func readSaid(w http.ResponseWriter, r *http.Request) (said, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return said{}, errMedia
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostFiling))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return said{}, errTooLong
	}
	if err != nil {
		return said{}, badRequest("what was sent could not be read: " + err.Error())
	}
	switch media {
	case "application/json":
		var s said
		if err := json.Unmarshal(body, &s); err != nil {
			return said{}, badRequest("what was sent is no claim as JSON: " + err.Error())
		}
		return s, nil
	case "application/x-www-form-urlencoded":
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if err := r.ParseForm(); err != nil {
			return said{}, badRequest("what was sent is no form: " + err.Error())
		}
		return saidInForm(r.PostForm.Get), nil
	}
	return said{}, errMedia
}

// saidInForm reads the fields of the forms of our pages.
func saidInForm(field func(string) string) said {
	return said{
		isForm: true, Key: field("key"), Action: field("action"), Text: field("text"),
		Filing: claim.Filing{
			Name: field("name"), Email: field("email"), Phone: field("phone"), Address: field("address"), Behalf: field("behalf"), Work: field("work"),
			Places: strings.Split(strings.ReplaceAll(field("places"), "\r\n", "\n"), "\n"), Reasons: strings.ReplaceAll(field("reasons"), "\r\n", "\n"),
			Faith: field("faith") != "", Oath: field("oath") != "", Signature: field("signature"),
		},
	}
}

// What can be wrong with what is sent.
var (
	errMedia   = errors.New("send a form (application/x-www-form-urlencoded) or JSON (application/json)")
	errTooLong = errors.New("that is too long: 256 KB is the most")
)
