package serve

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/claim"
	"reprint/syndicate/report"
)

//go:embed pages
var pageFiles embed.FS

// pageTemplates are the pages for people. They need no script.
var pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{"date": date, "moment": moment, "day": feeds.Day, "dir": direction}).ParseFS(pageFiles, "pages/*.html"))

// pagesVersion changes whenever a template or the style changes, and with it the date of
// every document that is made from them.
var pagesVersion = versionOf(pageFiles)

func versionOf(files fs.FS) string {
	sum := sha256.New()
	_ = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			content, _ := fs.ReadFile(files, path)
			sum.Write(content)
		}
		return err
	})
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

// The style sheet, under an address that changes with it.
var (
	stylePath = "/style-" + pagesVersion + ".css"
	style     = newStyle()
)

func newStyle() *representation {
	body, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		panic(err) // it is embedded
	}
	return newRepresentation(document{contentType: typeCSS, body: body, maxAge: aYear, immutable: true})
}

// rightToLeft are the languages of the common scripts that are written so.
var rightToLeft = map[string]bool{"ar": true, "he": true, "fa": true, "ur": true, "ps": true, "ug": true, "yi": true, "dv": true, "ckb": true, "sd": true}

// direction is how a language is written: rtl or ltr.
func direction(language string) string {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	if rightToLeft[base] {
		return "rtl"
	}
	return "ltr"
}

// renderPage fills a template.
func renderPage(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplates.ExecuteTemplate(&b, name+".html", data)
	return b.Bytes(), err
}

func date(t time.Time) string { return t.Format("2006-01-02 15:04") }

// moment writes a point in time for the operator.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("01-02 15:04:05")
}

// frame is what every page has around its content.
type frame struct {
	W         words
	Lang      string // of the page
	Base      string
	Style     string
	Site      syndicate.Site
	Title     string
	Canonical string
	Channel   *channel // whose feeds the page offers; may be nil
	NoIndex   bool
	Desk      bool // it is the operator's
	Spoken    bool // the page names the contact itself, with the form for claims
}

func (t *site) frame(title, canonical string) frame {
	return frame{
		W: t.words, Lang: t.rules.House().Site.Language, Base: t.base, Style: t.base + stylePath,
		Site: t.rules.House().Site, Title: title, Canonical: canonical,
	}
}

// deskFrame is what the operator's pages have around them: they are in English, and lead nowhere that his listener does
// not answer at.
func (t *site) deskFrame(title string) frame {
	f := t.frame(title, "")
	f.Lang, f.NoIndex, f.Desk = "en", true, true
	return f
}

// messageData is the page of an error.
type messageData struct {
	frame
	Message string
}

func (t *site) message(a answer) messageData {
	text := a.detail
	switch a.status {
	case http.StatusNotFound:
		text = t.words.NotFound
	case http.StatusMethodNotAllowed:
		text = t.words.WrongMethod
	case http.StatusTooManyRequests:
		text = t.words.TooMuch
	case http.StatusServiceUnavailable:
		text = t.words.Unavailable
	case http.StatusInternalServerError:
		text = t.words.Broken
	}
	f := t.frame(http.StatusText(a.status), "")
	f.NoIndex = true
	return messageData{f, text}
}

// consoleData is the operator's page.
type consoleData struct {
	frame
	Sources  []sourceStatus
	Channels []channelStatus
	Partners []report.Partner
	Claims   []claim.Claim // that are open
	Zone     *time.Location
	Lacks    []string
	Missing  []string // parts that the store did not tell
	Servers  []serverStatus
	// Withdrawals are the last ones, and Open the orders that are not carried out yet.
	Withdrawals []syndicate.Withdrawal
	Open        []syndicate.Order
	Now         time.Time
	Version     string
}
