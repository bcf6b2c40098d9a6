package syndicate_test

import (
	"testing"

	"reprint/feeds"
	"reprint/syndicate"
)

func TestPictureCredits(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	tests := []struct {
		name   string
		item   feeds.Item
		reason syndicate.Reason
	}{
		{"T2 staff credit", item("weekly", "清河周刊网记者李明摄"), syndicate.PictureCreditStaff},
		{"T2 staff credit of the other name", item("weekly", "清河周刊记者 李明 摄"), syndicate.PictureCreditStaff},
		{"T2 two photographers", item("weekly", "清河周刊网记者李明、王强摄"), syndicate.PictureCreditStaff},
		{"T2 in brackets", item("weekly", "\uFF08清河周刊网记者李明摄\uFF09"), syndicate.PictureCreditStaff},
		{"T2 no credit", item("weekly", ""), syndicate.PictureCreditMissing},
		{"T2 blank credit", item("weekly", " \u3000"), syndicate.PictureCreditMissing},
		{"T2 watermark is no credit", item("weekly", "清河周刊网"), syndicate.PictureNotStaff},
		{"T2 house without a name", item("weekly", "清河周刊网记者摄"), syndicate.PictureNotStaff},
		{"T2 another outlet's reporter", item("weekly", "澄江时报记者李明摄"), syndicate.PictureNotStaff},
		{"T2 staff credit inside a sentence", item("weekly", "由清河周刊网记者李明摄制"), syndicate.PictureNotStaff},
		{"T2 provided to the house", item("weekly", "清河周刊网记者供图 李明摄"), syndicate.PictureNotStaff},
		{"R28 stringer", item("weekly", "清河周刊网发\uFF08李明摄\uFF09"), syndicate.PictureCreditHandout},
		{"R28 stringer without brackets", item("weekly", "清河周刊发 李明摄"), syndicate.PictureCreditHandout},
		{"R29 staff credit in another outlet's item", from(item("weekly", "清河周刊网记者李明摄"), "清河周刊网-澄江时报"), syndicate.PicturesNotGranted},
		{"R30 any credit", item("commons", "Jane Doe"), syndicate.PictureCredited},
		{"R30 no credit", item("commons", ""), syndicate.PictureCreditMissing},
		{"R31 all", item("open", ""), syndicate.PictureGranted},
		{"R31 none", from(item("weekly", "清河周刊网记者李明摄"), "澄江时报"), syndicate.PicturesNotGranted},
		{"R26 agency", item("open", "视觉中国"), syndicate.PictureCreditDenied},
		{"R26 agency beside a staff credit", item("weekly", "清河周刊网记者李明摄/视觉中国"), syndicate.PictureCreditDenied},
		{"R26 agency, other spelling", item("open", "Photo: J. Doe / GettyImages"), syndicate.PictureCreditDenied},
		{"R26 agency in a sentence", item("open", "Photo by a REUTERS photographer"), syndicate.PictureCreditDenied},
		{"R26 short agency name", item("open", "J. Doe/AP"), syndicate.PictureCreditDenied},
		{"R26 short name inside a word", item("open", "Map: J. Apple"), syndicate.PictureGranted},
		{"R25 withheld text", item("closed", "清河周刊网记者李明摄"), syndicate.PictureTextWithheld},
		{"R25 link only", says(item("open", "Jane Doe"), feeds.KindExclusive, "独家"), syndicate.PictureTextWithheld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, d := book.Decide(tt.item, syndicate.Public, nil, noon)
			if got := d.Pictures[0]; got.Reason != tt.reason {
				t.Errorf("credit %q: got %s, want %s", got.Credit, got.Reason, tt.reason)
			}
		})
	}
}

// TestForeignStaffCredit: under an agreement that grants staff pictures, a staff credit in
// another outlet's item frees nothing (R29), unless that item's license does.
func TestForeignStaffCredit(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Partners[0].Agreements[0].Covers.Licenses = nil
	house.Partners[0].Agreements[0].Covers.Sources = []string{"weekly"}
	house.Licenses[1].Reprint = syndicate.ReprintByAgreement
	_, d := compile(t, house).Decide(from(item("weekly", "清河周刊网记者李明摄"), "澄江时报"), "zj", nil, noon)
	if d.Form != syndicate.Full || d.Pictures[0].Reason != syndicate.PictureOtherOutlet {
		t.Errorf("got text %s, picture %s", d.Form, d.Pictures[0].Reason)
	}
	_, d = compile(t, house).Decide(from(item("weekly", "清河周刊网记者李明摄"), "开放日报"), "zj", nil, noon)
	if !d.Pictures[0].Granted {
		t.Errorf("the item's own license grants all pictures, got %s", d.Pictures[0].Reason)
	}
}

func TestPictureSays(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	tests := []struct {
		name    string
		picture feeds.Picture
		reason  syndicate.Reason
	}{
		{"R26 agency in the caption", feeds.Picture{Caption: "塔身 (视觉中国)"}, syndicate.PictureCreditDenied},
		{"R26 agency in media:copyright", feeds.Picture{Copyright: "(c) Getty Images"}, syndicate.PictureCreditDenied},
		{"R27 restricted by the source", feeds.Picture{Restricted: true}, syndicate.PictureRestricted},
		{"R27 license that is not configured", feeds.Picture{License: "https://elsewhere.example/l"}, syndicate.PictureOwnLicense},
		{"R27 license that grants no pictures", feeds.Picture{License: "https://news.example/licenses/pass-along"}, syndicate.PictureOwnLicense},
		{"R27 license that asks for a credit", feeds.Picture{License: "https://creativecommons.org/licenses/by/4.0/"}, syndicate.PictureCreditMissing},
		{"R27 license that asks for a credit, with one", feeds.Picture{License: "CC-BY-4.0", Credit: "Jane Doe"}, syndicate.PictureCredited},
	}
	for _, tt := range tests {
		i := item("open")
		tt.picture.URL, tt.picture.Medium = "https://img.example/a.jpg", "image"
		i.Media = []feeds.Picture{tt.picture}
		if _, d := book.Decide(i, syndicate.Public, nil, noon); d.Pictures[0].Reason != tt.reason {
			t.Errorf("%s: got %s, want %s", tt.name, d.Pictures[0].Reason, tt.reason)
		}
	}
}

func TestClearedHoldsOnlyWhatIsGranted(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	i := item("commons", "Jane Doe", "", "Reuters")
	i.Media = []feeds.Picture{{URL: "https://img.example/m1.jpg"}, {URL: "https://img.example/m2.jpg", Credit: "Jo"}}
	i.Rights = []feeds.Statement{{Kind: feeds.KindNotice, Value: "evidence"}}
	i.Body = append(i.Body, feeds.Part{HTML: "<p>By Jane</p>", Role: feeds.RoleCredit, Text: "By Jane"})
	c, _ := book.Decide(i, syndicate.Public, nil, noon)
	if got := len(c.Item().Pictures()); got != 2 {
		t.Errorf("pictures in the item: got %d, want 2", got)
	}
	if got := len(c.Pictures()); got != 2 {
		t.Errorf("granted pictures: got %d, want 2", got)
	}
	if len(c.Item().Body) != 2 || c.Item().Rights != nil {
		t.Errorf("body has %d parts and rights %v; want text and one picture, no rights", len(c.Item().Body), c.Item().Rights)
	}

	c, _ = book.Decide(item("weekly", "清河周刊网记者李明摄"), syndicate.Public, nil, noon)
	if c.Item().Body != nil || len(c.Pictures()) != 1 || len([]rune(c.Item().Text)) > 50 {
		t.Errorf("excerpt: body %v, pictures %d, text %q", c.Item().Body, len(c.Pictures()), c.Item().Text)
	}
}
