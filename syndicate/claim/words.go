package claim

import "strings"

// wording is the text of letters in one language.
type wording struct {
	head, to, concerned                            string
	receipt, forward, reply, result                string
	received, withheld, claims, answerAt, answered string
	decidedBy, foot                                string
	outcome                                        map[Kind]string
}

// lettersIn returns the letters in a language; English where there are none.
func lettersIn(language string) wording {
	if base, _, _ := strings.Cut(strings.ToLower(language), "-"); base == "zh" {
		return chineseLetters
	}
	return englishLetters
}

var englishLetters = wording{
	head: "%s: %s %s\nSubject: %s\n", to: "To", concerned: "whom it concerns",
	receipt: "Your claim %d has been received", forward: "A claim about something that we have from you (claim %d)",
	reply: "An answer to your claim %d", result: "The decision on your claim %d",
	received:  "We have received your claim on %s and will decide by %s.\nWhat becomes of it is to be seen here; keep the address to yourself:\n\n  %s\n",
	withheld:  "What you named is not shown until then.\n",
	claims:    "%s claims that the following must not be shown.\n\nThe work:\n  %s\n\nWhere it stands:\n  %s\n\nThe reasons given:\n  %s\n",
	answerAt:  "You can answer here; keep the address to yourself:\n\n  %s\n\nPlease do so by %s.\n",
	answered:  "On %s the one whom your claim concerns has answered:\n\n  %s\n\nWe will decide by %s.\n",
	decidedBy: "Decided by %s; no decision was left to a program. If you do not agree, write to us, or go to a court.\n",
	foot:      "%s\n%s",
	outcome: map[Kind]string{
		Upheld:    "We agree with your claim. What it names is withdrawn here, and those who have it from us are told to take it down.\n\n%s\n",
		Rejected:  "We do not agree with your claim. What it names stays, or is shown again.\n\n%s\n",
		Retracted: "You have taken your claim back. What it names stays, or is shown again.\n\n%s\n",
	},
}

var chineseLetters = wording{
	head: "%s\uFF1A%s %s\n主题\uFF1A%s\n", to: "致", concerned: "相关内容提供者",
	receipt: "已收到您的申诉\uFF08编号%d\uFF09", forward: "关于贵方所供内容的申诉\uFF08编号%d\uFF09",
	reply: "对您申诉的答复\uFF08编号%d\uFF09", result: "您的申诉的处理结果\uFF08编号%d\uFF09",
	received:  "我们已于%s收到您的申诉\uFF0C将在%s之前作出决定。\n您可在以下地址查看进展\uFF0C请勿转告他人\uFF1A\n\n  %s\n",
	withheld:  "在此之前\uFF0C您指出的内容暂不展示。\n",
	claims:    "%s认为以下内容不应展示。\n\n作品\uFF1A\n  %s\n\n所在位置\uFF1A\n  %s\n\n理由\uFF1A\n  %s\n",
	answerAt:  "您可在以下地址提交反通知\uFF0C请勿转告他人\uFF1A\n\n  %s\n\n请于%s之前提交。\n",
	answered:  "相关内容提供者已于%s答复\uFF1A\n\n  %s\n\n我们将在%s之前作出决定。\n",
	decidedBy: "经办人\uFF1A%s。本决定并非由程序自动作出。如有异议\uFF0C请与我们联系\uFF0C或向法院提起诉讼。\n",
	foot:      "%s\n%s",
	outcome: map[Kind]string{
		Upheld:    "我们认可您的申诉。您指出的内容已在本站撤下\uFF0C并已通知从本站转载的各方撤下。\n\n%s\n",
		Rejected:  "我们不认可您的申诉。您指出的内容继续展示\uFF0C或恢复展示。\n\n%s\n",
		Retracted: "您已撤回申诉。您指出的内容继续展示\uFF0C或恢复展示。\n\n%s\n",
	},
}
