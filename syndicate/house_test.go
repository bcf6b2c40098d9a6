package syndicate_test

import (
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// noon is the moment at which tests decide, unless they say otherwise.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// testHouse is a small house with a license of every kind.
func testHouse() syndicate.House {
	name := func(s string) map[string]string { return map[string]string{"zh": s} }
	return syndicate.House{
		Site: syndicate.Site{
			Name: "清河周刊网", URL: "https://news.example", Language: "zh-CN",
			Names: []string{"清河周刊网", "清河周刊"}, Channels: []string{"地方", "图片"},
			StaffCredits:  []string{"{house}记者{name}摄"},
			DenyCredits:   []string{"视觉中国", "Getty Images", "Reuters", "AP"},
			Contact:       syndicate.Contact{Email: "rights@news.example", Phone: "+86 10 0000 0000"},
			ClaimDays:     30,
			UnknownOrigin: "pass-along",
		},
		Licenses: []syndicate.License{
			{ID: "house", Name: name("版权所有"), URL: "https://news.example/copyright", Reprint: syndicate.ReprintByAgreement,
				Public: syndicate.Grant{Text: syndicate.Excerpt, ExcerptChars: 50, Pictures: syndicate.PicturesStaff}},
			{ID: "pass-along", Name: name("转发"), Disclaimer: true,
				Public: syndicate.Grant{Text: syndicate.Excerpt, ExcerptChars: 30}},
			{ID: "cc-by-4.0", SPDX: "CC-BY-4.0", Name: name("署名"), Reprint: syndicate.ReprintFree,
				Public: syndicate.Grant{Text: syndicate.Full, Pictures: syndicate.PicturesCredited}},
			{ID: "open", Name: name("开放"), Reprint: syndicate.ReprintFree,
				Public: syndicate.Grant{Text: syndicate.Full, Pictures: syndicate.PicturesAll}},
			{ID: "closed", Name: name("不公开"), Reprint: syndicate.ReprintByAgreement},
			{ID: "cc-by-nd-4.0", SPDX: "CC-BY-ND-4.0", Name: name("禁止演绎"), Reprint: syndicate.ReprintFree,
				Public: syndicate.Grant{Text: syndicate.Excerpt, ExcerptChars: 50, Pictures: syndicate.PicturesCredited}},
		},
		Origins: []syndicate.Outlet{
			{Name: "澄江时报", URL: "https://cj.example/", License: "pass-along"},
			{Name: "开放日报", URL: "https://open.example/", License: "open"},
		},
		Sources: []syndicate.Source{
			{ID: "weekly", Name: "清河周刊网", Home: "https://news.example/", License: "house"},
			{ID: "commons", Name: "Hill Commons", Home: "https://hill.example/", Feed: "https://hill.example/feed.json", License: "cc-by-4.0"},
			{ID: "trusted", Name: "Valley Post", Home: "https://valley.example/", License: "house", TrustItemLicense: true},
			{ID: "open", Name: "平原社", Home: "https://plain.example/", License: "open"},
			{ID: "closed", Name: "内部通讯", Home: "https://inner.example/", License: "closed"},
			{ID: "nd", Name: "石桥", Home: "https://bridge.example/", License: "cc-by-nd-4.0"},
		},
		Channels: []syndicate.Channel{
			{ID: "top", Title: "要闻", Sources: []string{"weekly"}, Limit: 30},
			{ID: "all", Title: "全部", Limit: 30},
			{ID: "english", Title: "English", Languages: []string{"en"}, Limit: 30},
			{ID: "free", Title: "自由", Licenses: []string{"cc-by-4.0"}, Limit: 30},
			{ID: "tagged", Title: "水利", Tags: []string{"水利"}, Limit: 30},
		},
		Partners: []syndicate.Partner{{ID: "zj", Name: "浙江在线", Agreements: []syndicate.Agreement{{
			ID: "zj-2026", Covers: syndicate.Coverage{Licenses: []string{"house"}},
			Text: syndicate.Full, Pictures: syndicate.PicturesStaff,
			From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
			Embargo: 30 * time.Minute, Window: 90 * 24 * time.Hour,
		}}}},
	}
}

func compile(t testing.TB, house syndicate.House) *syndicate.Rulebook {
	t.Helper()
	book, problems := syndicate.Compile(house)
	for _, p := range problems {
		t.Error(p)
	}
	if book == nil {
		t.FailNow()
	}
	return book
}

const story = "清河县城的老水塔修缮完工。县里请来三位老匠人，用旧砖补齐了塔身。从下周起，居民可以登上塔顶，看见整条清河。"

// item is an item of a source, a day old, with one picture for each credit given.
func item(source string, credits ...string) feeds.Item {
	i := feeds.Item{
		ID: feeds.NewID(source, "g1"), Source: source, GUID: "g1", URI: "tag:news.example,2026:1",
		Link: "https://news.example/1.html", Title: "老水塔修好了", Language: "zh-CN",
		Published: noon.Add(-24 * time.Hour), FirstSeen: noon.Add(-23 * time.Hour), Text: story,
		Body: []feeds.Part{{HTML: "<p>" + story + "</p>"}},
	}
	for n, c := range credits {
		p := feeds.Picture{URL: "https://img.example/" + string(rune('a'+n)) + ".jpg", Medium: "image", Credit: c}
		i.Body = append(i.Body, feeds.Part{Picture: &p})
	}
	return i
}

// from names origins, all in a line at the head.
func from(i feeds.Item, names ...string) feeds.Item {
	for _, n := range names {
		i.Attribution.Origins = append(i.Attribution.Origins, feeds.Origin{Name: n, Place: feeds.PlaceHead, Raw: "来源:" + n})
	}
	return i
}

// says adds a statement about rights to the item itself.
func says(i feeds.Item, kind feeds.Kind, value string) feeds.Item {
	i.Rights = append(i.Rights, feeds.Statement{Kind: kind, Scope: feeds.ScopeItem, Value: value, SPDX: feeds.SPDX(value), Where: "test"})
	return i
}
