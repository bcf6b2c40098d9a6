package render_test

import (
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/render"
)

// noon is when the fixture's items are decided on.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// house is a house with a license of every kind that render can meet.
func house() syndicate.House {
	return syndicate.House{
		Site: syndicate.Site{
			Name: "清河周刊网", URL: "https://qinghe.example", Language: "zh-CN", Names: []string{"清河周刊网"},
			StaffCredits: []string{"{house}记者{name}摄"}, DenyCredits: []string{"视觉中国"},
			Contact: syndicate.Contact{Email: "rights@qinghe.example", Phone: "+86 10 0000 0000"}, ClaimDays: 30, UnknownOrigin: "pass-along",
		},
		Licenses: []syndicate.License{
			{ID: "house", Name: map[string]string{"zh": "版权所有"}, URL: "https://qinghe.example/copyright",
				Public: syndicate.Grant{Text: syndicate.Excerpt, ExcerptChars: 40, Pictures: syndicate.PicturesStaff}, Reprint: syndicate.ReprintByAgreement},
			{ID: "pass-along", Name: map[string]string{"zh": "转发", "en": "Passed along"}, Disclaimer: true,
				Public: syndicate.Grant{Text: syndicate.Excerpt, ExcerptChars: 30}},
			{ID: "cc-by-4.0", SPDX: "CC-BY-4.0", URL: "https://creativecommons.org/licenses/by/4.0/", Name: map[string]string{"en": "CC BY 4.0"},
				Public: syndicate.Grant{Text: syndicate.Full, Pictures: syndicate.PicturesCredited}, Reprint: syndicate.ReprintFree},
			{ID: "headline", Name: map[string]string{"zh": "仅标题"}, Public: syndicate.Grant{Text: syndicate.Link}},
		},
		Origins: []syndicate.Outlet{{Name: "澄江时报", URL: "https://chengjiang.example/", License: "pass-along"}},
		Sources: []syndicate.Source{
			{ID: "weekly", Name: "清河周刊网", Home: "https://qinghe.example/", License: "house"},
			{ID: "hill", Name: "Hill Commons", Home: "https://hill.example/", Feed: "https://hill.example/feed.json", License: "cc-by-4.0"},
			{ID: "wire", Name: "平原快讯", Home: "https://kx.example/", License: "headline"},
		},
		Channels: []syndicate.Channel{{ID: "top", Title: "清河要闻", Description: "本网与各报的要闻", Limit: 30}},
	}
}

// picture makes an image of that name and credit.
func picture(name, credit string) feeds.Picture {
	return feeds.Picture{URL: "https://img.example/" + name, Medium: "image", Alt: "水塔", Caption: "老水塔 <旧>", Credit: credit, Width: 640, Height: 480}
}

// items are one item of every kind, newest first.
func items() []feeds.Item {
	staff, agency, wheel := picture("staff.jpg", "清河周刊网记者李明摄"), picture("agency.jpg", "视觉中国供图"), picture("wheel.jpg", "Photo: Jane Doe")
	all := []feeds.Item{{
		URI: "tag:qinghe.example,2026:1", Source: "weekly", Link: "https://qinghe.example/1.html?a=1&b=2", Title: "老水塔 & <新> 广场",
		Language: "zh-CN", Tags: []string{"水利", "R&D"}, Published: noon.Add(-time.Hour), Updated: noon.Add(-time.Minute),
		Attribution: feeds.Attribution{
			Origins: []feeds.Origin{{Name: "清河周刊网", Place: feeds.PlaceHead, Raw: "来源:清河周刊网"}},
			Authors: []feeds.Person{{Name: "付文"}}, AuthorNote: "作者系清河县志办研究员", Editors: []string{"赵山", "李栋"},
		},
		Body: []feeds.Part{{HTML: "<p>来源</p>", Role: feeds.RoleCredit, Text: "来源:清河周刊网"}, {HTML: "<p>县城的老水塔修缮完工。</p>"}, {Picture: &staff}, {Picture: &agency}},
		Text: "县城的老水塔修缮完工。县里请来三位老匠人，用旧砖补齐了塔身。从下周起，居民可以登上塔顶，看见整条清河。",
		Feed: feeds.FeedRef{Title: "清河周刊网", Home: "https://qinghe.example/", URL: "https://qinghe.example/rss.xml"},
	}, {
		URI: "tag:chengjiang.example,2026:7", Source: "weekly", Link: "https://qinghe.example/2.html", Title: "石桥通车",
		Language: "zh-CN", Published: noon.Add(-2 * time.Hour),
		Attribution: feeds.Attribution{Origins: []feeds.Origin{{Name: "澄江时报", Place: feeds.PlaceHead, Raw: "来源:澄江时报"}}},
		Body:        []feeds.Part{{HTML: "<p>石桥昨日通车。</p>"}},
		Text:        "石桥昨日通车。全长三百米的石桥连起了两岸，老人们走上桥头，看了很久很久。",
		Feed:        feeds.FeedRef{Title: "清河周刊网", Home: "https://qinghe.example/", URL: "https://qinghe.example/rss.xml"},
	}, {
		URI: "https://hill.example/mill", Source: "hill", Link: "https://hill.example/mill", Title: "The mill opens again", Language: "en",
		Published:   noon.Add(-3 * time.Hour),
		Attribution: feeds.Attribution{Authors: []feeds.Person{{Name: "Jane Doe", URL: "https://hill.example/jane"}, {Name: "John Roe"}}},
		Body:        []feeds.Part{{HTML: "<p>The old mill opens again. <a href=\"https://hill.example/map\">Map</a></p>"}, {Picture: &wheel}, {HTML: "<p>Visitors ]]&gt; can watch.</p>"}},
		Media:       []feeds.Picture{{URL: "https://hill.example/mill.mp3", Medium: "audio", Type: "audio/mpeg", Length: 12345, Credit: "Jane Doe"}},
		Text:        "The old mill opens again. Map\nVisitors ]]> can watch.",
		Feed: feeds.FeedRef{ID: "tag:hill.example,2020:feed", Title: "Hill Commons", Home: "https://hill.example/", URL: "https://hill.example/feed.json",
			Rights: "CC BY 4.0", License: "https://creativecommons.org/licenses/by/4.0/", Updated: noon.Add(-time.Hour)},
	}, {
		URI: "tag:qinghe.example,2026:wire:9", Source: "wire", Language: "zh", Text: "不公开的正文", Body: []feeds.Part{{HTML: "<p>不公开的正文</p>"}},
	}}
	for i := range all {
		all[i].ID = feeds.NewID(all[i].Source, all[i].URI)
		all[i].FirstSeen = noon.Add(-30 * time.Minute)
		all[i].Revision = all[i].Digest()
	}
	return all
}

// feedOf clears the items for the public and makes a feed of them.
func feedOf(t testing.TB, all []feeds.Item) render.Feed {
	t.Helper()
	book, problems := syndicate.Compile(house())
	for _, p := range problems {
		t.Fatal(p)
	}
	f := render.Feed{
		Site: house().Site, Channel: house().Channels[0], Self: "https://qinghe.example/feeds/top.rss",
		Page: "https://qinghe.example/feeds/top", ItemURL: "https://qinghe.example/items/", Changed: noon,
	}
	for _, i := range all {
		cleared, decision := book.Decide(i, syndicate.Public, nil, noon)
		if decision.Form == syndicate.Withheld {
			t.Fatalf("%s is withheld: %s", i.URI, decision.Reason)
		}
		f.Items = append(f.Items, cleared)
	}
	return f
}

// formats are the three ways to render.
var formats = []struct {
	name   string
	render func(render.Feed) (render.Document, error)
}{{"rss", render.RSS}, {"atom", render.Atom}, {"json", render.JSON}}
