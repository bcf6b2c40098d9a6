package serve

import "reprint/syndicate/claim"

// claimWords are the sentences of the pages of claims in one language.
type claimWords struct {
	Title, Lead, Link                                       string
	You, Name, Email, Behalf, BehalfHow, Phone, Address     string
	What, Work, Places, PlacesHow, Reasons, ReasonsHow      string
	Sign, Faith, Oath, Signature, SomeRules, Send, Sent     string
	Claim, State, Filed, Due, Meets, Items, NoItems, Keep   string
	Answer, AnswerHow, SendAnswer, Retract, RetractHow, Fix string
	Privacy                                                 string

	faults map[claim.Fault]string
	states map[string]string
}

func claimWordsFor(language string) claimWords {
	if language == "zh" {
		return chineseClaims
	}
	return englishClaims
}

var englishClaims = claimWords{
	Title: "File a claim", Link: "File a claim",
	Lead: "Is something shown here that is yours, wrong, or unlawful? Say so here. You get a number, and an address at which you see what becomes of it.",
	You:  "Who you are", Name: "Name", Email: "Mail address", Behalf: "For whom you act", BehalfHow: "Leave it empty if you act for yourself.", Phone: "Phone", Address: "Postal address",
	What: "What it is about", Work: "The work that is yours, or theirs", Places: "Where it stands", PlacesHow: "One address on a line: of a page here, of the original, or of a picture.",
	Reasons: "Why it must not be shown", ReasonsHow: "With what shows that, such as where and when it was first published.",
	Sign: "Your word for it", Faith: "I believe in good faith that what I say here is accurate and complete.",
	Oath:      "I declare under penalty of perjury that I am the owner of the right, or may act for the owner, and that neither the owner nor the law allows this use.",
	Signature: "Your name, as your signature", SomeRules: "May be left out; the rules of China and the United States ask for it.",
	Send: "File the claim", Fix: "Something is missing or cannot be read. Nothing was filed yet.",
	Privacy: "What you write is kept with the claim. It is passed on to the one whom it concerns, without your mail address, phone and postal address, and deleted on your request once the claim is decided.",
	Claim:   "Claim", State: "State", Filed: "Filed", Due: "Decided by", Meets: "Meets the rules of", Items: "Items", NoItems: "none that we found by their addresses; somebody will look",
	Keep:   "Keep the address of this page, and keep it to yourself: it is the only way to see what becomes of the claim.",
	Answer: "Your answer", AnswerHow: "Say why it may be shown, who you are and how you can be reached. It is passed on to the claimant.", SendAnswer: "Send the answer",
	Retract: "Take the claim back", RetractHow: "What was withheld because of it is shown again.", Sent: "The claim has been filed.",
	faults: map[claim.Fault]string{claim.Missing: "Please fill this in.", claim.TooLong: "This is too long.", claim.NoAddress: "This is no mail address.", claim.TooMany: "These are too many; file several claims."},
	states: map[string]string{
		"open": "It is being looked at.", "withheld": "What it names is not shown until it is decided.", "answered": "The one whom it concerns has answered.",
		"upheld": "The house agrees. What it names is withdrawn.", "rejected": "The house does not agree.", "retracted": "It was taken back.", "erased": "What the claimant said of himself was deleted.",
	},
}

var chineseClaims = claimWords{
	Title: "提交申诉", Link: "提交申诉",
	Lead: "这里的内容属于您、有误或违法\uFF1F请在此说明。您会得到一个编号\uFF0C以及查看进展的地址。",
	You:  "您是谁", Name: "姓名或名称", Email: "电子邮箱", Behalf: "代表何人", BehalfHow: "代表本人时请留空。", Phone: "电话", Address: "通讯地址",
	What: "涉及的内容", Work: "属于您或被代表人的作品", Places: "所在位置", PlacesHow: "每行一个地址\uFF1A本站页面、原文或图片的地址。",
	Reasons: "不应展示的理由", ReasonsHow: "请附初步证据\uFF0C例如首次发表的时间和地点。",
	Sign: "您的声明", Faith: "本人善意相信以上内容真实、完整\uFF0C并对其真实性负责。",
	Oath:      "本人声明\uFF1A本人是权利人或有权代表权利人\uFF0C该使用未经权利人或法律许可\uFF1B如有虚假\uFF0C愿承担伪证责任。",
	Signature: "签名\uFF08填写姓名\uFF09", SomeRules: "可不填\uFF1B中国和美国的规定要求填写。",
	Send: "提交申诉", Fix: "有内容缺失或无法识别\uFF0C申诉尚未提交。",
	Privacy: "您填写的内容与申诉一并保存\uFF0C并会转送相关内容提供者\uFF0C但不包括您的邮箱、电话和通讯地址\uFF1B申诉处理完毕后可应您的要求删除。",
	Claim:   "申诉", State: "状态", Filed: "提交", Due: "最迟处理", Meets: "符合规定", Items: "条目", NoItems: "未能按地址找到\uFF0C将由人工查看",
	Keep:   "请保存本页地址\uFF0C勿转告他人\uFF1A这是查看进展的唯一途径。",
	Answer: "您的反通知", AnswerHow: "请说明可以展示的理由、您的身份和联系方式。内容将转送申诉人。", SendAnswer: "提交反通知",
	Retract: "撤回申诉", RetractHow: "因此暂不展示的内容将恢复展示。", Sent: "申诉已提交。",
	faults: map[claim.Fault]string{claim.Missing: "请填写此项。", claim.TooLong: "内容过长。", claim.NoAddress: "这不是邮箱地址。", claim.TooMany: "数量过多\uFF0C请分次提交。"},
	states: map[string]string{
		"open": "正在处理。", "withheld": "处理完毕之前\uFF0C所指内容暂不展示。", "answered": "相关内容提供者已答复。",
		"upheld": "本站认可申诉\uFF0C所指内容已撤下。", "rejected": "本站不认可申诉。", "retracted": "申诉已撤回。", "erased": "申诉人的个人信息已删除。",
	},
}
