package normalize_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
)

// from is the source of the tests.
var from = normalize.From{
	Source: "weekly", Name: "清河周刊网", Home: "https://qinghe.example/", URL: "https://qinghe.example/news/rss.xml",
	Feed: "https://qinghe.example/news/rss.xml", Zone: time.FixedZone("CST", 8*3600), Authority: "qinghe.example,2026",
}

// read takes RSS items through parse and normalize.
func read(t testing.TB, items string) ([]feeds.Item, []string) {
	t.Helper()
	doc, err := parse.Parse([]byte(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xmlns:cc="http://creativecommons.org/ns#"><channel>
<title>清河周刊网</title><link>https://qinghe.example/</link><description>d</description><language>zh-cn</language>`+items+`</channel></rss>`), parse.Hint{})
	if err != nil {
		t.Fatal(err)
	}
	return normalize.Items(doc, from)
}

// bodyOf reads one body.
func bodyOf(t testing.TB, html string) feeds.Item {
	t.Helper()
	items, losses := read(t, `<item><guid>1</guid><title>T</title><link>/news/1.html</link><description><![CDATA[`+html+`]]></description></item>`)
	if len(items) != 1 {
		t.Fatalf("%d items, losses %q", len(items), losses)
	}
	return items[0]
}

// outline writes parts so that they can be compared.
func outline(parts []feeds.Part) string {
	var lines []string
	for _, p := range parts {
		switch {
		case p.Picture != nil:
			lines = append(lines, strings.TrimRight(fmt.Sprintf("[%s | %s | %s | %s]", p.Picture.URL, p.Picture.Alt, p.Picture.Caption, p.Picture.Credit), " "))
		case p.Role == feeds.RoleCredit:
			lines = append(lines, "credit: "+p.Text)
		case p.Role == feeds.RoleNotice:
			lines = append(lines, "notice: "+p.Text)
		default:
			lines = append(lines, p.HTML)
		}
	}
	return strings.Join(lines, "\n")
}

// TestBody takes whole bodies apart.
func TestBody(t *testing.T) {
	t.Parallel()
	const prose = "清河县城的老水塔修缮完工，县里请来三位老匠人，用旧砖补齐了塔身，从下周起居民可以登上塔顶。"
	for _, tt := range []struct{ name, html, want string }{
		{"text", "<p>One.</p><p>Two.</p>", "<p>One.</p><p>Two.</p>"},
		{"a picture in the middle", `<p>One.</p><img src="/a.jpg" alt="A"><p>Two.</p>`, "<p>One.</p>\n[https://qinghe.example/a.jpg | A |  | ]\n<p>Two.</p>"},
		{"a picture in a paragraph", `<p>One <img src="a.jpg"> two.</p>`, "<p>One</p>\n[https://qinghe.example/news/a.jpg |  |  | ]\n<p>two.</p>"},
		{"a figure", `<figure><img src="/a.jpg"><figcaption>The wheel. Photo: Jane Doe</figcaption></figure>`, "[https://qinghe.example/a.jpg |  | The wheel. | Photo: Jane Doe]"},
		{"a line below", `<p><img src="/a.jpg"></p><p>修缮后的老水塔。清河周刊网记者李明摄</p><p>` + prose + `</p>`, "[https://qinghe.example/a.jpg |  | 修缮后的老水塔。 | 清河周刊网记者李明摄]\n<p>" + prose + "</p>"},
		{"lazy", `<img src="data:image/gif;base64,R0" data-src="/a.jpg">`, "[https://qinghe.example/a.jpg |  |  | ]"},
		{"srcset", `<img srcset="/s.jpg 300w, /l.jpg 1200w">`, "[https://qinghe.example/l.jpg |  |  | ]"},
		{"picture element", `<picture><source srcset="/a.webp 1x"><img src="/a.jpg"></picture>`, "[https://qinghe.example/a.jpg |  |  | ]"},
		{"noscript copy", `<img data-src="/a.jpg"><noscript><img src="/a.jpg"></noscript>`, "[https://qinghe.example/a.jpg |  |  | ]"},
		{"pixel", `<p>One.</p><img src="https://count.example/x.gif" width="1" height="1">`, "<p>One.</p>"},
		{"video", `<video src="/v.mp4"></video>`, "[https://qinghe.example/v.mp4 |  |  | ]"},
		{"credit lines", "<p>来源:清河周刊网</p><p>" + prose + "</p><p>(责编:赵珊)</p>", "credit: 来源:清河周刊网\n<p>" + prose + "</p>\ncredit: (责编:赵珊)"},
		{"a notice", "<p>" + prose + "</p><p>版权声明:未经授权不得转载。</p>", "<p>" + prose + "</p>\nnotice: 版权声明:未经授权不得转载。"},
		{"prose is no credit line", "<p>" + prose + "</p><p>据介绍,资金来源:澄江时报读者捐款,每一笔都有账可查,由基金会管理。</p><p>" + prose + "</p>", "<p>" + prose + "</p><p>据介绍,资金来源:澄江时报读者捐款,每一笔都有账可查,由基金会管理。</p><p>" + prose + "</p>"},
		{"script and style", `<p>One.</p><script>x()</script><style>p{}</style>`, "<p>One.</p>"},
		{"handlers", `<p onclick="x()" style="color:red" class="a" id="b">One.</p>`, "<p>One.</p>"},
		{"links", `<p><a href="/x?a=1&b=2" target="_blank">a</a> <a href="javascript:x()">b</a> <a href="#c">c</a></p>`, `<p><a href="https://qinghe.example/x?a=1&amp;b=2">a</a> b c</p>`},
		{"frame", `<p>One.</p><iframe src="https://evil.example/"></iframe>`, ""},
		{"unclosed", `<p><b>One <i>two</p><p>three`, "<p><b>One <i>two</i></b></p><p><b><i>three</i></b></p>"},
		{"empty paragraphs", "<p>&nbsp;</p><p>One.</p><p></p>", "<p>One.</p>"},
		{"a table", "<table><tr><td>1</td></tr></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"},
		{"list around a picture", `<ul><li>One<img src="/a.jpg"></li><li>Two</li></ul>`, "<ul><li>One</li></ul>\n[https://qinghe.example/a.jpg |  |  | ]\n<ul><li>Two</li></ul>"},
	} {
		got := outline(bodyOf(t, tt.html).Body)
		if tt.name == "frame" {
			if strings.Contains(got, "iframe") || !strings.Contains(got, "One.") {
				t.Errorf("frame: %s", got)
			}
			continue
		}
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestText: the excerpt is cut from the story, without credits, captions and notices.
func TestText(t *testing.T) {
	t.Parallel()
	i := bodyOf(t, `<p>来源:清河周刊网</p><p>One &amp; two.</p><figure><img src="/a.jpg"><figcaption>Caption</figcaption></figure><p>Three.</p><p>All rights reserved.</p>`)
	if i.Text != "One & two.\nThree." {
		t.Errorf("%q", i.Text)
	}
	if long := bodyOf(t, "<p>"+strings.Repeat("字", 9000)+"</p>"); len([]rune(long.Text)) != feeds.MaxText {
		t.Errorf("%d characters", len([]rune(long.Text)))
	}
}

// TestIdentity: an item's id is the source's, kept byte for byte, or minted once and for all.
func TestIdentity(t *testing.T) {
	t.Parallel()
	items, losses := read(t, `
<item><guid isPermaLink="false">tag:qinghe.example,2026:1</guid><title>A</title></item>
<item><guid isPermaLink="false">n-42</guid><title>B</title></item>
<item><link>/news/3.html</link><title>C</title></item>
<item><title>D</title><pubDate>Mon, 09 Mar 2026 12:00:00 +0800</pubDate></item>
<item><description>nothing that names it</description></item>
<item><guid isPermaLink="false">n-42</guid><title>B</title></item>`)
	if len(items) != 4 || len(losses) != 1 {
		t.Fatalf("%d items, losses %q", len(items), losses)
	}
	if items[0].URI != "tag:qinghe.example,2026:1" || items[0].GUID != items[0].URI {
		t.Errorf("an IRI is kept: %q", items[0].URI)
	}
	for _, i := range items[1:] {
		if !strings.HasPrefix(i.URI, "tag:qinghe.example,2026:item/weekly/") || i.ID != feeds.NewID("weekly", i.GUID) {
			t.Errorf("minted: %q %q", i.URI, i.ID)
		}
	}
	moved := from
	moved.URL, moved.Feed, moved.Home = "https://new.example/rss", "https://new.example/rss", "https://new.example/"
	doc, err := parse.Parse([]byte(`<rss version="2.0"><channel><title>t</title><link>https://new.example/</link><description>d</description><item><link>/news/3.html</link><title>C</title></item></channel></rss>`), parse.Hint{})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := normalize.Items(doc, moved)
	if again[0].ID != items[2].ID || again[0].URI != items[2].URI {
		t.Errorf("after the source moved: %q, was %q", again[0].URI, items[2].URI)
	}
}

// TestFields reads what an item says beside its body.
func TestFields(t *testing.T) {
	t.Parallel()
	items, _ := read(t, `<item><guid isPermaLink="false">1</guid><title>A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title><link>/news/1.html</link>
<pubDate>2026-03-09 12:00</pubDate><dc:creator>李明</dc:creator><category>水利</category><category> 水利 </category><category>古建</category>
<source url="https://chengjiang.example/rss">澄江时报</source>
<enclosure url="/a.mp3" type="audio/mpeg" length="123"/>
<media:content url="https://img.example/a.jpg" medium="image"><media:credit>Jane Doe</media:credit></media:content>
<description>Text</description></item>`)
	i := items[0]
	if i.Title != "A & B" || i.Link != "https://qinghe.example/news/1.html" || i.Language != "zh-CN" {
		t.Errorf("title %q, link %q, language %q", i.Title, i.Link, i.Language)
	}
	if want := time.Date(2026, 3, 9, 12, 0, 0, 0, from.Zone); !i.Published.Equal(want) {
		t.Errorf("published %v", i.Published)
	}
	if fmt.Sprint(i.Tags) != "[水利 古建]" || len(i.Attribution.Authors) != 1 || i.Attribution.Authors[0].Name != "李明" {
		t.Errorf("tags %v, authors %v", i.Tags, i.Attribution.Authors)
	}
	if o := i.Attribution.Origins; len(o) != 1 || o[0].Name != "澄江时报" || o[0].Place != feeds.PlaceRSSSource {
		t.Errorf("origins %+v", o)
	}
	if len(i.Media) != 2 || i.Media[0].Credit != "Jane Doe" || i.Media[1].URL != "https://qinghe.example/a.mp3" || i.Media[1].Medium != "audio" {
		t.Errorf("media %+v", i.Media)
	}
	if i.Revision == "" || i.Revision != i.Digest() {
		t.Errorf("revision %q", i.Revision)
	}
}

// TestEnclosureOfTheBody: a file that the body shows is not listed twice; the credit of the
// feed goes to the picture in the body.
func TestEnclosureOfTheBody(t *testing.T) {
	t.Parallel()
	items, _ := read(t, `<item><guid isPermaLink="false">1</guid><title>T</title><description>&lt;p&gt;One.&lt;/p&gt;&lt;img src="https://img.example/a.jpg"&gt;</description>
<media:content url="https://img.example/a.jpg" medium="image"><media:credit>Jane Doe</media:credit></media:content></item>`)
	if len(items[0].Media) != 0 || len(items[0].Pictures()) != 1 || items[0].Pictures()[0].Credit != "Jane Doe" {
		t.Errorf("%+v", items[0].Pictures())
	}
}
