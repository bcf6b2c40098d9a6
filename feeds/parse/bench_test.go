package parse_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
	gofeedrss "github.com/mmcdole/gofeed/rss"

	"reprint/feeds/parse"
)

// fifty is a feed of 50 items as a newspaper publishes it, about 100 KB.
func fifty() []byte {
	var items strings.Builder
	for i := range 50 {
		fmt.Fprintf(&items, `<item><title>清河新桥通车 %d</title><link>https://valley.example/%d</link><guid isPermaLink="false">n-%d</guid>
<pubDate>Sun, 02 Aug 2026 09:00:00 +0800</pubDate><dc:creator>Li Ming</dc:creator><dc:rights>Valley Post</dc:rights><category>Roads</category>
<media:content url="https://valley.example/%d.jpg" type="image/jpeg"><media:credit role="photographer">Zhao Shan</media:credit></media:content>
<description>Short.</description><content:encoded><![CDATA[%s]]></content:encoded></item>`, i, i, i, i, strings.Repeat("<p>桥上的人很多。The bridge is open.</p>\n", 30))
	}
	return []byte(rss("<title>Desk</title>" + items.String()))
}

// BenchmarkParse compares our reading, which guards and reads rights, with gofeed alone:
// its native struct, and the universal one that it makes of it.
func BenchmarkParse(b *testing.B) {
	body := fifty()
	for _, c := range []struct {
		name string
		read func() error
	}{
		{"reprint", func() error { _, err := parse.Parse(body, parse.Hint{}); return err }},
		{"gofeed-native", func() error { _, err := (&gofeedrss.Parser{}).Parse(bytes.NewReader(body)); return err }},
		{"gofeed-universal", func() error { _, err := gofeed.NewParser().Parse(bytes.NewReader(body)); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if err := c.read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
