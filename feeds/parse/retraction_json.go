package parse

import (
	"encoding/json"
	"strings"
)

// jsonLife are the keys by which an item of JSON Feed says that it is taken back: the status
// of ninjs, "expired", and the extension that Reprint writes.
type jsonLife struct {
	Expired   jsonWord `json:"expired"`
	PubStatus jsonWord `json:"pubstatus"` // in ninjs 3 pubStatus; case does not matter here
	NINJS     struct {
		PubStatus jsonWord `json:"pubstatus"`
	} `json:"_ninjs"`
	Rights struct {
		Decision  jsonWord `json:"decision"`
		Expired   jsonWord `json:"expired"`
		Withdrawn jsonWord `json:"withdrawn"`
		Reason    jsonWord `json:"reason"`
	} `json:"_rights"`
}

// jsonWord is a string, or another scalar as it is written: true. What is neither is no word.
type jsonWord string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *jsonWord) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) == nil {
		*w = jsonWord(strings.TrimSpace(s))
	} else if text[0] != '{' && text[0] != '[' && string(text) != "null" {
		*w = jsonWord(text)
	}
	return nil
}

// readLife returns what an item says of its own life; nil where it lives. An extension that is
// not as expected says nothing.
func readLife(raw json.RawMessage) *Retraction {
	var l jsonLife
	_ = json.Unmarshal(raw, &l) // decodes what it can; whether the item is one is checked before
	switch status := firstOf(string(l.PubStatus), string(l.NINJS.PubStatus)); {
	case l.Rights.Decision == "withdrawn":
		return &Retraction{Where: "_rights.decision", State: "withdrawn", When: string(l.Rights.Withdrawn)}
	case l.Rights.Expired == "true":
		return &Retraction{Where: "_rights.expired", State: "expired", Reason: string(l.Rights.Reason), When: string(l.Rights.Withdrawn)}
	case isCanceled(status):
		return &Retraction{Where: "pubstatus", State: status}
	case l.Expired == "true":
		return &Retraction{Where: "expired", State: "expired"}
	}
	return nil
}
