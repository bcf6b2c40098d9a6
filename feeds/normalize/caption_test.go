package normalize_test

import (
	"strings"
	"testing"
)

// TestCaptions: whose words the line below a picture is, and how far they go.
func TestCaptions(t *testing.T) {
	t.Parallel()
	const (
		pic   = `<p><img src="/a.jpg"></p>`
		other = `<p><img src="/b.jpg"></p>`
		prose = "<p>The wheel of the old mill was mended by three masons from the next valley, who worked all spring.</p>"
	)
	long := strings.Repeat("long words of a line ", 8)
	for _, tt := range []struct{ name, html, want string }{
		{"alone", pic + prose, "[a |  |  | ]\n" + prose},
		{"with credit", pic + "<p>The wheel. Photo: Jane Doe</p>" + prose, "[a |  | The wheel. | Photo: Jane Doe]\n" + prose},
		{"text, then credit", pic + "<p>▲ The wheel.</p><p>Photo: Jane Doe</p>" + prose, "[a |  | The wheel. | Photo: Jane Doe]\n" + prose},
		{"text, then text", pic + "<p>▲ The wheel.</p><p>It turns. Photo: Jane Doe</p>" + prose, "[a |  | The wheel. | ]\n<p>It turns. Photo: Jane Doe</p>" + prose},
		{"text, then prose", pic + "<p>▲ The wheel.</p>" + prose, "[a |  | The wheel. | ]\n" + prose},
		{"credit, then credit", pic + "<p>Photo: Jane Doe</p><p>Photo: John Roe</p>" + prose, "[a |  |  | Photo: Jane Doe]\n<p>Photo: John Roe</p>" + prose},
		{"three lines", pic + "<p>▲ The wheel.</p><p>Once more.</p><p>Photo: Jane Doe</p>" + prose, "[a |  | The wheel. | ]\n<p>Once more.</p><p>Photo: Jane Doe</p>" + prose},
		{"of the second picture", pic + other + "<p>The wheel. Photo: Jane Doe</p>" + prose, "[a |  |  | ]\n[b |  | The wheel. | Photo: Jane Doe]\n" + prose},
		{"one line each", pic + "<p>▲ The mill.</p>" + other + "<p>▲ The wheel.</p>" + prose, "[a |  | The mill. | ]\n[b |  | The wheel. | ]\n" + prose},
		{"too long a line", pic + "<p>▲ " + long + "Photo: Jane Doe</p>" + prose, "[a |  |  | ]\n<p>▲ " + long + "Photo: Jane Doe</p>" + prose},
		{"code", pic + "<pre>Photo: Jane Doe</pre>" + prose, "[a |  |  | ]\n<pre>Photo: Jane Doe</pre>" + prose},
		{"in the alternative text", `<p><img src="/a.jpg" alt="The wheel. Photo: Jane Doe"></p>` + prose, "[a | The wheel. Photo: Jane Doe |  | Photo: Jane Doe]\n" + prose},
		{"alternative text and line", `<p><img src="/a.jpg" alt="Photo: Jane Doe"></p><p>Photo: John Roe</p>` + prose, "[a | Photo: Jane Doe |  | Photo: John Roe]\n" + prose},
		{"a title that is the credit", `<p><img src="/a.jpg" title="Photo: Jane Doe"></p><p>▲ The wheel.</p>` + prose, "[a |  | The wheel. | Photo: Jane Doe]\n" + prose},
		{"a notice at the end", prose + pic + "<p>© 2026 Valley Post</p>", prose + "\n[a |  |  | ]\nnotice: © 2026 Valley Post"},
		{"a notice before a picture", prose + pic + "<p>© 2026 Valley Post</p>" + other + prose, prose + "\n[a |  |  | © 2026 Valley Post]\n[b |  |  | ]\n" + prose},
		{"a caption that is a notice", prose + `<figure><img src="/a.jpg"><figcaption>© 2026 Valley Post</figcaption></figure>`, prose + "\n[a |  |  | © 2026 Valley Post]"},
		{"marked in Chinese", pic + "<p>图为修缮后的老水塔</p>" + prose, "[a |  | 图为修缮后的老水塔 | ]\n" + prose},
	} {
		got := strings.NewReplacer("https://qinghe.example/a.jpg", "a", "https://qinghe.example/b.jpg", "b").Replace(outline(bodyOf(t, tt.html).Body))
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestLicenseOfACaption: a license that a caption links to is the picture's.
func TestLicenseOfACaption(t *testing.T) {
	t.Parallel()
	i := bodyOf(t, `<p><img src="/a.jpg"></p><p>Photo: <a href="https://qinghe.example/jane">Jane Doe</a>, <a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY</a></p><p>The wheel of the old mill was mended.</p>`)
	for _, p := range i.Body {
		if p.Picture != nil && p.Picture.License != "https://creativecommons.org/licenses/by/4.0/" {
			t.Errorf("%+v", p.Picture)
		}
	}
}
