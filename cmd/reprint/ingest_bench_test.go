package main

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/encoding/simplifiedchinese"

	"reprint/cache"
	"reprint/cache/cachetest/redistest"
	"reprint/cache/redis"
	"reprint/cache/sqlite"
	"reprint/feeds"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
)

// newsday is 2,000 documents of every format, language and size that there is: what a
// newsroom's sources give in a day.
func newsday(documents int) [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	docs := make([][]byte, documents)
	for n := range docs {
		items := 5 + random.IntN(25)
		switch n % 5 {
		case 0, 1:
			docs[n] = rssDocument(random, n, items, n%2 == 0)
		case 2:
			docs[n] = atomDocument(random, n, items)
		case 3:
			docs[n] = jsonDocument(random, n, items)
		case 4:
			gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes(bytes.Replace(rssDocument(random, n, items, true), []byte("utf-8"), []byte("gb18030"), 1))
			if err != nil {
				panic(err)
			}
			docs[n] = gb
		}
	}
	return docs
}

func rssDocument(r *rand.Rand, n, items int, chinese bool) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Source %d</title><link>https://s%d.example/</link><description>News</description><ttl>60</ttl>`, n, n)
	for i := range items {
		fmt.Fprintf(&b, `<item><title>%s</title><link>https://s%d.example/%d.html</link><guid isPermaLink="true">https://s%d.example/%d.html</guid><pubDate>Tue, 10 Mar 2026 %02d:%02d:00 +0800</pubDate><dc:creator>%s</dc:creator><category>News</category><description>%s</description><content:encoded><![CDATA[%s]]></content:encoded><media:content url="https://s%d.example/%d.jpg" medium="image"><media:credit>Jane Doe</media:credit></media:content></item>`,
			sentence(r, chinese, 8), n, i, n, i, r.IntN(24), r.IntN(60), name(r, chinese), sentence(r, chinese, 20), article(r, n, i, chinese), n, i)
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

func atomDocument(r *rand.Rand, n, items int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Source %d</title><id>tag:s%d.example,2026:feed</id><updated>2026-03-10T12:00:00Z</updated><link href="https://s%d.example/"/><rights>All rights reserved</rights>`, n, n, n)
	for i := range items {
		fmt.Fprintf(&b, `<entry><title>%s</title><id>tag:s%d.example,2026:%d</id><link href="https://s%d.example/%d.html"/><updated>2026-03-10T%02d:00:00Z</updated><author><name>%s</name></author><summary>%s</summary><content type="html">%s</content></entry>`,
			sentence(r, false, 8), n, i, n, i, r.IntN(24), name(r, false), sentence(r, false, 20), strings.NewReplacer("<", "&lt;", "&", "&amp;").Replace(article(r, n, i, false)))
	}
	b.WriteString(`</feed>`)
	return []byte(b.String())
}

func jsonDocument(r *rand.Rand, n, items int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"version":"https://jsonfeed.org/version/1.1","title":"Source %d","home_page_url":"https://s%d.example/","items":[`, n, n)
	for i := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","url":"https://s%d.example/%d.html","title":%q,"content_html":%q,"date_published":"2026-03-10T%02d:00:00Z","authors":[{"name":%q}],"tags":["News"]}`,
			i, n, i, sentence(r, false, 8), article(r, n, i, false), r.IntN(24), name(r, false))
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

// article is a body with what bodies have: a source line, paragraphs, links, a picture with
// a credit, an editor, a notice.
func article(r *rand.Rand, n, i int, chinese bool) string {
	var b strings.Builder
	if chinese {
		b.WriteString("<p>来源：澄江时报 作者：" + name(r, true) + "</p>")
	}
	for range 2 + r.IntN(10) {
		fmt.Fprintf(&b, `<p class="text" style="margin:0">%s<a href="/%d">%s</a>。</p>`, sentence(r, chinese, 30+r.IntN(60)), r.IntN(1000), sentence(r, chinese, 3))
	}
	if chinese {
		fmt.Fprintf(&b, `<figure><img src="/pic/%d-%d.jpg" width="640" height="400" alt="%s"><figcaption>%s。清河周刊记者 %s 摄</figcaption></figure><p>责任编辑：%s</p><p>版权声明：本文版权归澄江时报所有，未经授权不得转载。</p>`,
			n, i, sentence(r, true, 4), sentence(r, true, 8), name(r, true), name(r, true))
	} else {
		fmt.Fprintf(&b, `<figure><img src="/pic/%d-%d.jpg" width="640" height="400" alt="%s"><figcaption>%s. Photo: %s</figcaption></figure><p>This article was first published by Hill Commons under CC BY 4.0.</p>`,
			n, i, sentence(r, false, 4), sentence(r, false, 8), name(r, false))
	}
	return b.String()
}

var (
	hanWords   = strings.Fields("县城 老水塔 修缮 完工 三位 老匠人 居民 清河 步道 春汛 水位 上午 下降 记者 采访 学校 图书馆 种子 公园 医院 建设 今年 去年 计划 增长 农民 市场 价格 蔬菜 交通 公交 线路")
	latinWords = strings.Fields("river stone mill orchard bridge valley lantern harbor winter library council market school garden the of and with after before under people voted opened closed repaired walked")
)

func sentence(r *rand.Rand, chinese bool, words int) string {
	var b strings.Builder
	for i := range words {
		if chinese {
			b.WriteString(hanWords[r.IntN(len(hanWords))])
			if i%9 == 8 {
				b.WriteString("，")
			}
			continue
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(latinWords[r.IntN(len(latinWords))])
	}
	return b.String()
}

func name(r *rand.Rand, chinese bool) string {
	if chinese {
		return []string{"李明", "陈一舟", "赵山", "王小川"}[r.IntN(4)]
	}
	return []string{"Jane Doe", "Ruth Calder", "Tom Ashby"}[r.IntN(3)]
}

// desk is a Fetcher that hands out one document for each address.
type desk map[string][]byte

func (d desk) Get(_ context.Context, r fetch.Request) (fetch.Response, error) {
	etag := fmt.Sprintf(`"%x"`, crc32.ChecksumIEEE(d[r.URL]))
	if r.ETag == etag {
		return fetch.Response{URL: r.URL, Status: 304, NotModified: true}, nil
	}
	return fetch.Response{URL: r.URL, Status: 200, ETag: etag, Documents: []fetch.Document{{Name: r.URL, Body: d[r.URL]}}}, nil
}

// nowhere is a store that keeps nothing: what ingest itself takes.
type nowhere struct{ cache.Store }

func (nowhere) Known(context.Context, string, []string) (map[string]cache.Known, error) {
	return nil, nil
}
func (nowhere) Put(_ context.Context, b cache.Batch) (cache.Accepted, error) {
	return cache.Accepted{New: len(b.Items)}, nil
}
func (nowhere) Poll(context.Context, string) (cache.Poll, error) { return cache.Poll{}, nil }
func (nowhere) Subscription(context.Context, string) (cache.Subscription, error) {
	return cache.Subscription{}, nil
}
func (nowhere) SaveSubscription(context.Context, string, cache.Subscription) error { return nil }
func (nowhere) Items(context.Context, []string) ([]feeds.Item, error)              { return nil, nil }
func (nowhere) SavePoll(context.Context, string, cache.Poll) error                 { return nil }
func (nowhere) Latest(context.Context, []string, int) ([]feeds.Item, error)        { return nil, nil }

// BenchmarkIngest takes 2,000 documents in, from bytes to stored items with everything on,
// beside gofeed reading the same bytes into its own structs and nothing more. It sets the
// number of cores itself: the first iteration of a benchmark runs before -cpu is obeyed.
func BenchmarkIngest(b *testing.B) {
	docs := newsday(2000)
	b.Run("gofeed", func(b *testing.B) { withCores(b, 1, func() { benchGofeed(b, docs) }) })
	for _, store := range []string{"nowhere", "sqlite", "redis"} {
		for _, cores := range []int{1, 2} {
			b.Run(fmt.Sprintf("into-%s/cores=%d", store, cores), func(b *testing.B) {
				withCores(b, cores, func() { benchIngest(b, docs, openFor(store)) })
			})
		}
	}
}

func withCores(b *testing.B, cores int, run func()) {
	b.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	run()
}

func benchGofeed(b *testing.B, docs [][]byte) {
	b.SetBytes(bytesOf(docs))
	for b.Loop() {
		for n, doc := range docs {
			if _, err := gofeed.NewParser().Parse(bytes.NewReader(doc)); err != nil {
				b.Fatalf("document %d: %v", n, err)
			}
		}
	}
}

func benchIngest(b *testing.B, docs [][]byte, open func(*testing.B) cache.Store) {
	d := make(desk)
	sources := make([]ingest.Source, len(docs))
	for n, doc := range docs {
		s := ingest.Source{ID: fmt.Sprintf("s%d", n), Name: "S", Home: fmt.Sprintf("https://s%d.example/", n), Feed: fmt.Sprintf("https://s%d.example/feed", n)}
		sources[n], d[s.Feed] = s, doc
	}
	b.SetBytes(bytesOf(docs))
	for b.Loop() {
		b.StopTimer()
		s := open(b)
		g := ingest.New(ingest.Options{Fetch: d, Store: s, Authority: "news.example,2026", Now: time.Now})
		b.StartTimer()
		items := takeIn(b, g, sources, ingest.ResultNew)
		b.StopTimer()
		b.ReportMetric(float64(items)/b.Elapsed().Seconds(), "items/s")
		if _, none := s.(nowhere); !none {
			begun := time.Now()
			takeIn(b, g, sources, ingest.ResultNotModified)
			b.ReportMetric(float64(time.Since(begun).Microseconds())/float64(len(sources)), "us/304")
		}
		b.StartTimer()
	}
}

func bytesOf(docs [][]byte) int64 {
	size := 0
	for _, doc := range docs {
		size += len(doc)
	}
	return int64(size)
}

// openFor returns what opens a fresh store of the kind.
func openFor(kind string) func(*testing.B) cache.Store {
	return func(b *testing.B) cache.Store {
		var s cache.Store
		var err error
		switch kind {
		case "sqlite":
			s, err = sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "store.db"))
		case "redis":
			s, err = redis.Open(b.Context(), redistest.Start(b, "appendfsync everysec").URL("bench"), "")
		default:
			s = nowhere{}
		}
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
}

// takeIn polls all sources, one on each core, and returns how many items they had.
func takeIn(b *testing.B, g *ingest.Ingester, sources []ingest.Source, want ingest.Result) int {
	b.Helper()
	var next, items atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(sources); n = int(next.Add(1)) - 1 {
				o := g.Once(b.Context(), sources[n])
				if o.Result != want {
					b.Errorf("%s: %s %s", sources[n].ID, o.Result, o.Problem)
					return
				}
				items.Add(int64(o.Items))
			}
		})
	}
	wg.Wait()
	return int(items.Load())
}
