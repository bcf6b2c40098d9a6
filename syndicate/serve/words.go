package serve

import "strings"

// words are the sentences of the pages in one language. Those of notices, which go out with
// items, are in package syndicate.
type words struct {
	Language string

	Channels, Subscribe, SubscribeHow, AllFeeds  string
	Sources, AllSources, Terms, TermsHow         string
	Empty, Original, Public, Others, TermsInFull string
	Contact, Days, Phone, Mail, Seen, Claim      string
	NotFound, Unavailable, WrongMethod, TooMuch  string
	Broken, Back                                 string

	// What a license grants: see terms.go.
	TextWithheld, TextLink, TextExcerpt, TextFull                         string
	PicturesNone, PicturesStaff, PicturesCredited, PicturesAll            string
	ReprintAgreement, ReprintFree, ReprintNever, Disclaims, Between, Stop string
}

// wordsFor returns the words in a language; English where there are none.
func wordsFor(language string) words {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	if base == "zh" {
		return chinese
	}
	return english
}

var english = words{
	Language: "en",
	Channels: "Channels", Subscribe: "Subscribe",
	SubscribeHow: "Give one of these addresses to your feed reader. Every item says where it comes from and on what terms.",
	AllFeeds:     "All feeds at once (OPML)", Sources: "From", AllSources: "all sources", Terms: "Terms",
	TermsHow: "Every item is under one of these licenses. What a license does not grant is not shown.",
	Empty:    "There is nothing here at the moment.",
	Original: "Read the original", Public: "What everybody may have here", Others: "Reprints",
	TermsInFull: "The terms in full",
	Contact:     "Complaints about content or copyright", Days: "within %d days", Phone: "phone", Mail: "mail", Seen: "Also at", Claim: "file a claim",
	NotFound: "There is nothing at this address, or nothing that may be shown.", Unavailable: "This page cannot be shown at the moment. Please try again in a few seconds.",
	WrongMethod: "This address can only be read.", TooMuch: "That was too much at once. Please try again later, or write to the house.", Broken: "Something went wrong here.", Back: "All channels",
	TextWithheld: "nothing", TextLink: "title and link", TextExcerpt: "an excerpt of up to %d characters", TextFull: "the full text",
	PicturesNone: "no pictures", PicturesStaff: "pictures by the house's own photographers", PicturesCredited: "pictures that name their maker", PicturesAll: "all pictures",
	ReprintAgreement: "Others may reprint under an agreement with the house.", ReprintFree: "Others may reprint under the terms of this license.",
	ReprintNever: "Not for reprint: we pass these items on and cannot license them.",
	Disclaims:    "These items come from others and are passed on for information; the house does not vouch for them.",
	Between:      "; ", Stop: ".",
}

var chinese = words{
	Language: "zh",
	Channels: "频道", Subscribe: "订阅",
	SubscribeHow: "把下面任一地址添加到阅读器即可订阅。每一条都写明来源与许可。",
	AllFeeds:     "全部订阅地址\uFF08OPML\uFF09", Sources: "来自", AllSources: "全部来源", Terms: "许可",
	TermsHow: "每一条内容都适用以下许可之一。许可未授予的内容不会出现在这里。",
	Empty:    "目前没有内容。",
	Original: "阅读原文", Public: "公众可在此获得", Others: "转载",
	TermsInFull: "许可全文",
	Contact:     "对内容或版权有异议\uFF0C请与本站联系", Days: "%d日内", Phone: "电话", Mail: "邮箱", Seen: "另见", Claim: "提交申诉",
	NotFound: "这里没有内容\uFF0C或者内容不能展示。", Unavailable: "页面暂时无法显示\uFF0C请稍后再试。",
	WrongMethod: "此地址只能读取。", TooMuch: "请求过于频繁\uFF0C请稍后再试\uFF0C或与本站联系。", Broken: "这里出了点问题。", Back: "全部频道",
	TextWithheld: "不提供", TextLink: "标题与链接", TextExcerpt: "不超过%d字的节选", TextFull: "全文",
	PicturesNone: "不含图片", PicturesStaff: "本社记者拍摄的图片", PicturesCredited: "署名的图片", PicturesAll: "全部图片",
	ReprintAgreement: "转载须与本站签订协议。", ReprintFree: "可按本许可的条款转载。",
	ReprintNever: "不可转载\uFF1A这些内容由本站转发\uFF0C本站无权授权。",
	Disclaims:    "这些内容来自其他媒体\uFF0C转发意在传递信息\uFF0C不代表本站认同其观点或证实其内容。",
	Between:      "\uFF1B", Stop: "。",
}
