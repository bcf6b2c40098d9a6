package serve

import (
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
	Text   string `json:"text"`   // of an answer
	Court  bool   `json:"court"`  // likewise
	isForm bool   // a person wrote it, and reads a page
}

// counter is what it says of who answers.
func (s said) counter() claim.Counter {
	return claim.Counter{Name: s.Name, Email: s.Email, Phone: s.Phone, Address: s.Address, Faith: s.Faith, Oath: s.Oath, Court: s.Court, Signature: s.Signature}
}

// readSaid reads a form or JSON.
func readSaid(w http.ResponseWriter, r *http.Request) (said, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return said{}, errMedia
	}
	body, err := readBody(w, r, mostFiling)
	if err != nil {
		return said{}, err
	}
	switch media {
	case "application/json":
		var s said
		err := decodeJSON(body, "the claim as JSON", &s)
		return s, err
	case "application/x-www-form-urlencoded":
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if err := r.ParseForm(); err != nil {
			return said{}, badRequest("what was sent is no form: " + err.Error())
		}
		return saidInForm(func(name string) string { return strings.ToValidUTF8(r.PostForm.Get(name), "\uFFFD") }), nil
	}
	return said{}, errMedia
}

// saidInForm reads the fields of the forms of our pages. They are text, as those of JSON are: a page shows them to their writer again.
func saidInForm(field func(string) string) said {
	return said{
		isForm: true, Key: field("key"), Action: field("action"), Text: field("text"), Court: field("court") != "",
		Filing: claim.Filing{
			Name: field("name"), Email: field("email"), Phone: field("phone"), Address: field("address"), Behalf: field("behalf"), Work: field("work"),
			Places: strings.Split(field("places"), "\n"), Reasons: field("reasons"), Child: field("child") != "",
			Faith: field("faith") != "", Oath: field("oath") != "", Signature: field("signature"),
		},
	}
}

// errMedia tells that something else was sent than can be read.
var errMedia = errors.New("send a form (application/x-www-form-urlencoded) or JSON (application/json)")
