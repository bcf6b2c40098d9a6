package serve

import (
	"net/http"
	"strings"

	"reprint/syndicate/claim"
)

// claimWords are the sentences of the pages of claims in one language.
type claimWords struct {
	Title, Lead, Fix, Send, Privacy                                       string
	What, Places, PlacesHow, Reasons, ReasonsHow, Work                    string
	You, Name, Email, Behalf, BehalfHow, Phone, Address, Child            string
	Sign, Faith, Oath, Signature, SomeRules                               string
	Claim, Filed, Due, Meets, Items, NoItems, Keep, Withheld, Decided     string
	Answer, AnswerTitle, AnswerHow, AnswerOath, Court, SendAnswer, NotNow string
	Retract, RetractHow                                                   string

	faults  map[claim.Fault]string
	states  map[string]string
	letters map[claim.Letter]string
	rules   map[string]string
}

func claimWordsFor(language string) claimWords {
	if language == "zh" {
		return chineseClaims
	}
	return englishClaims
}

// languageFor is the language in which the pages of claims are for a request: Chinese or English, whichever the reader names
// first, else that of the site.
func (t *site) languageFor(r *http.Request) string {
	for wanted := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(wanted)), ";")
		if base, _, _ := strings.Cut(tag, "-"); base == "zh" || base == "en" {
			return base
		}
	}
	return t.words.Language
}

var englishClaims = claimWords{
	Title:   "File a claim",
	Lead:    "Is something shown here that is yours, wrong, or unlawful? Say so here. You get a number, and an address at which you see what becomes of it.",
	Fix:     "Something is missing or cannot be read: see below. Nothing was sent yet.",
	Send:    "File the claim",
	Privacy: "What you write is kept with the claim. It is passed on to the one whom it concerns, without your mail address, phone and postal address, and deleted on your request once the claim is decided.",

	What: "What it is about", Places: "Where it stands", PlacesHow: "One address on a line: of a page here, of the original, or of a picture.",
	Reasons: "Why it must not be shown", ReasonsHow: "With what shows that, such as where and when it was first published.", Work: "The work that is yours, or theirs",
	You: "Who you are", Name: "Name", Email: "Mail address", Behalf: "For whom you act", BehalfHow: "Leave it empty if you act for yourself.", Phone: "Phone", Address: "Postal address",
	Child: "It is about the sexual abuse of a child. I may leave out name and mail address.",
	Sign:  "Your word for it", Faith: "I believe in good faith that what I say here is accurate and complete.",
	Oath:      "I declare under penalty of perjury that I am the owner of the right, or may act for the owner, and that neither the owner nor the law allows this use.",
	Signature: "Your name, as your signature", SomeRules: "May be left out; the rules of China or the United States ask for it.",

	Claim: "Claim", Filed: "Filed", Due: "Decided by", Meets: "Meets the rules of", Items: "Found here", NoItems: "nothing by these addresses; somebody will look",
	Keep:     "Keep the address of this page, and keep it to yourself: it is the only way to see what becomes of the claim.",
	Withheld: "What it names is not shown until it is decided.", Decided: "Decided by %s",

	Answer: "Why it may be shown, with what shows that", AnswerTitle: "Your answer",
	AnswerHow:  "All that you write here is passed on to the claimant, who may need it to go to a court. It is deleted with the claim.",
	AnswerOath: "I declare under penalty of perjury that I believe in good faith that it was, or would be, taken down by mistake or because it was taken for something else.",
	Court:      "I consent to the jurisdiction of the federal court for my address, or for the house's if I live outside the United States, and accept service of process from the claimant.",
	SendAnswer: "Send the answer", NotNow: "That is not possible here, or not any more.",
	Retract: "Take the claim back", RetractHow: "What was withheld because of it is shown again. You can file another claim.",

	faults: map[claim.Fault]string{claim.Missing: "Please fill this in.", claim.TooLong: "This is too long.", claim.NoAddress: "This is no mail address.", claim.TooMany: "These are too many; file several claims."},
	states: map[string]string{
		"open": "It has been filed. Somebody will look at it.", "withheld": "It has been filed. What it names is not shown until it is decided.", "answered": "The one whom it concerns has answered.",
		"upheld": "The house agrees. What it names is withdrawn.", "rejected": "The house does not agree.", "retracted": "It was taken back.", "erased": "What was said of persons is deleted.",
	},
	letters: map[claim.Letter]string{
		claim.Receipt: "The receipt was sent.", claim.Forward: "It was passed on to the one whom it concerns.", claim.Reply: "The answer was passed on to the claimant.",
		claim.Result: "The decision was sent to the claimant.", claim.Statement: "The decision was sent to the one whom it concerns.",
	},
	rules: map[string]string{"EU": "the European Union", "CN": "China", "US": "the United States"},
}

var chineseClaims = claimWords{
	Title:   "提交申诉",
	Lead:    "这里的内容属于您、有误或违法\uFF1F请在此说明。您会得到一个编号\uFF0C以及查看进展的地址。",
	Fix:     "有内容缺失或无法识别\uFF0C请看下面的提示。尚未提交。",
	Send:    "提交申诉",
	Privacy: "您填写的内容与申诉一并保存\uFF0C并会转送相关内容提供者\uFF0C但不包括您的邮箱、电话和通讯地址\uFF1B申诉处理完毕后可应您的要求删除。",

	What: "涉及的内容", Places: "所在位置", PlacesHow: "每行一个地址\uFF1A本站页面、原文或图片的地址。",
	Reasons: "不应展示的理由", ReasonsHow: "请附初步证据\uFF0C例如首次发表的时间和地点。", Work: "属于您或被代表人的作品",
	You: "您是谁", Name: "姓名或名称", Email: "电子邮箱", Behalf: "代表何人", BehalfHow: "代表本人时请留空。", Phone: "电话", Address: "通讯地址",
	Child: "内容涉及对儿童的性侵害\uFF0C可不填姓名和邮箱。",
	Sign:  "您的声明", Faith: "本人善意相信以上内容真实、完整\uFF0C并对其真实性负责。",
	Oath:      "本人声明\uFF1A本人是权利人或有权代表权利人\uFF0C该使用未经权利人或法律许可\uFF1B如有虚假\uFF0C愿承担伪证责任。",
	Signature: "签名\uFF08填写姓名\uFF09", SomeRules: "可不填\uFF1B中国或美国的规定要求填写。",

	Claim: "申诉", Filed: "提交", Due: "最迟处理", Meets: "符合规定", Items: "在本站找到", NoItems: "未能按地址找到\uFF0C将由人工查看",
	Keep:     "请保存本页地址\uFF0C勿转告他人\uFF1A这是查看进展的唯一途径。",
	Withheld: "处理完毕之前\uFF0C所指内容暂不展示。", Decided: "经办人\uFF1A%s",

	Answer: "可以展示的理由\uFF0C请附初步证据", AnswerTitle: "您的反通知\uFF08不侵权声明\uFF09",
	AnswerHow:  "您填写的全部内容将转送申诉人\uFF0C申诉人可能据此提起诉讼\uFF1B并随申诉一并删除。",
	AnswerOath: "本人声明\uFF1A善意相信该内容系因错误或误认而被\uFF08或将被\uFF09撤下\uFF1B如有虚假\uFF0C愿承担伪证责任。",
	Court:      "本人同意接受本人地址所在地联邦法院的管辖\uFF08地址在美国境外的\uFF0C为本站所在地法院\uFF09\uFF0C并接受申诉人送达的诉讼文书。",
	SendAnswer: "提交反通知", NotNow: "此处不能或已不能进行这一操作。",
	Retract: "撤回申诉", RetractHow: "因此暂不展示的内容将恢复展示\uFF0C您可再次提交申诉。",

	faults: map[claim.Fault]string{claim.Missing: "请填写此项。", claim.TooLong: "内容过长。", claim.NoAddress: "这不是邮箱地址。", claim.TooMany: "数量过多\uFF0C请分次提交。"},
	states: map[string]string{
		"open": "已收到\uFF0C正在处理。", "withheld": "已收到。处理完毕之前\uFF0C所指内容暂不展示。", "answered": "相关内容提供者已答复。",
		"upheld": "本站认可申诉\uFF0C所指内容已撤下。", "rejected": "本站不认可申诉。", "retracted": "申诉已撤回。", "erased": "个人信息已删除。",
	},
	letters: map[claim.Letter]string{
		claim.Receipt: "已发出收件通知。", claim.Forward: "已转送相关内容提供者。", claim.Reply: "已将答复转送申诉人。",
		claim.Result: "已将处理结果告知申诉人。", claim.Statement: "已将处理结果告知相关内容提供者。",
	},
	rules: map[string]string{"EU": "欧盟", "CN": "中国", "US": "美国"},
}
