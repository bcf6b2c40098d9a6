package normalize

import (
	"strings"
	"testing"

	"reprint/feeds"
)

// both gives a line as it is written here, with ordinary signs, and with the full-width ones
// that most Chinese pages use.
func both(line string) []string {
	wide := strings.NewReplacer(":", "\uFF1A", "(", "\uFF08", ")", "\uFF09", ",", "\uFF0C", ";", "\uFF1B", "|", "\uFF5C").Replace(line)
	if wide == line || !hasHan(line) {
		return []string{line}
	}
	return []string{line, wide}
}

// narrowAll undoes what both does, to compare.
func narrowAll(s string) string { return narrow(s) }

func summary(s said, ok bool) string {
	if !ok {
		return ""
	}
	var all []string
	for _, o := range s.origins {
		name := "from " + o.Name
		if o.Unclear {
			name = "unclear " + o.Name
		}
		all = append(all, name)
	}
	for _, a := range s.authors {
		all = append(all, "by "+a)
	}
	for _, e := range s.editors {
		all = append(all, "ed "+e)
	}
	if s.note != "" {
		all = append(all, "note "+s.note)
	}
	if s.pending {
		all = append(all, "pending")
	}
	if s.others {
		all = append(all, "others")
	}
	if len(all) == 0 {
		return "nothing"
	}
	return narrowAll(strings.Join(all, "; "))
}

// lineCases are lines as they stand alone at the head or the foot of a page, and what they
// say. An empty want is a line that is none.
var lineCases = []struct{ line, want string }{
	// Source lines.
	{"来源:澄江时报", "from 澄江时报"},
	{"来源: 澄江时报", "from 澄江时报"},
	{"来 源:澄江时报", "from 澄江时报"},
	{"来源 : 澄江时报", "from 澄江时报"},
	{"来源:《澄江时报》", "from 《澄江时报》"},
	{"(来源:澄江时报)", "from 澄江时报"},
	{"[来源:澄江时报]", "from 澄江时报"},
	{"【来源:澄江时报】", "from 澄江时报"},
	{"(来源:澄江时报)。", "from 澄江时报"},
	{"文章来源:澄江时报", "from 澄江时报"},
	{"稿件来源:澄江时报", "from 澄江时报"},
	{"本文来源:澄江时报", "from 澄江时报"},
	{"信息来源:清河县人民政府网", "from 清河县人民政府网"},
	{"新闻来源:澄江时报", "from 澄江时报"},
	{"来源/澄江时报", "from 澄江时报"},
	{"来源|澄江时报", "from 澄江时报"},
	{"来源丨澄江时报", "from 澄江时报"},
	{"来源 澄江时报", "from 澄江时报"},
	{"稿源:平原日报", "from 平原日报"},
	{"转自:平原日报", "from 平原日报"},
	{"转载自澄江时报", "from 澄江时报"},
	{"(转载自《澄江时报》)", "from 《澄江时报》"},
	{"本文转载自澄江时报", "from 澄江时报"},
	{"本文转自《平原日报》", "from 《平原日报》"},
	{"摘自《平原文学》", "from 《平原文学》"},
	{"本文首发于《清河文学》2020年第3期", "from 《清河文学》"},
	{"原载《平原日报》2023年8月2日", "from 《平原日报》"},
	{"本文转载自澄江时报,版权归原作者所有", "from 澄江时报"},
	{"转自澄江时报,如有侵权请联系删除", "from 澄江时报"},
	{"来源:清河周刊网-地方", "from 清河周刊网-地方"},
	{"来源:清河周刊网-澄江时报", "from 清河周刊网-澄江时报"},
	{"来源:新华社、央视新闻", "from 新华社; from 央视新闻"},
	{"来源:新华社,澄江时报", "from 新华社; from 澄江时报"},
	{"来源:新华社 澄江时报", "from 新华社; from 澄江时报"},
	{"来源:综合新华社、澄江时报", "from 新华社; from 澄江时报"},
	{"来源:综合新华社、澄江时报报道", "from 新华社; from 澄江时报"},
	{"综合新华社、央视新闻报道", "from 新华社; from 央视新闻"},
	{"综合新华社、央视新闻消息", "from 新华社; from 央视新闻"},
	{"来源:学习报 2023-08-02", "from 学习报"},
	{"来源:《学习报》(2023年08月02日 第3版)", "from 《学习报》"},
	{"来源:清河发布客户端", "from 清河发布客户端"},
	{"来源:Valley Post", "from Valley Post"},
	{"来源:本站", "nothing"},
	{"来源:本网原创", "nothing"},
	{"来源:原创", "nothing"},

	// Traditional characters, kept as they are written.
	{"來源:澄江時報", "from 澄江時報"},
	{"責任編輯:趙珊", "ed 趙珊"},
	{"(轉載自《澄江時報》)", "from 《澄江時報》"},
	{"來源:澄江時報 記者:張明", "from 澄江時報; by 張明"},

	// Source lines that cannot be read for certain.
	{"来源:网络", "unclear 网络"},
	{"来源:互联网", "unclear 互联网"},
	{"来源:综合整理", "unclear 综合整理"},
	{"来源:微信公众号“清河人”", "unclear 微信公众号“清河人”"},
	{"来源:https://chengjiang.example/1.html", "unclear https://chengjiang.example/1.html"},
	{"来源:新华社 某某", "from 新华社 某某"},
	{"来源:新华社,某某", "unclear 新华社,某某"},
	{"来源:我的日记", "unclear 我的日记"},
	{"来源:", "pending"},
	{"来源 :", "pending"},

	// Date and outlet.
	{"2023-08-02 11:19:26    学习报", "from 学习报"},
	{"2023-08-02 11:19 学习报", "from 学习报"},
	{"2023-08-02 学习报", "from 学习报"},
	{"2023年08月02日09:15 学习报", "from 学习报"},
	{"2023年08月02日09:15  来源:学习报", "from 学习报"},
	{"2023年8月2日 09:15 | 来源:  清河周刊网-书画频道", "from 清河周刊网-书画频道"},
	{"2023/08/02 09:15 澄江时报 作者:李明", "from 澄江时报; by 李明"},
	{"2023-08-02 11:19:26 清河周刊网-地方", "from 清河周刊网-地方"},
	{"发布时间:2023-08-02 来源:澄江时报 点击:1234", "from 澄江时报"},
	{"时间:2023-08-02 09:15 来源:澄江时报 字号:大 中 小", "from 澄江时报"},

	// Several fields in one line.
	{"来源:澄江时报 作者:李明", "from 澄江时报; by 李明"},
	{"来源:澄江时报 作者:李明 责任编辑:赵珊", "from 澄江时报; by 李明; ed 赵珊"},
	{"来源:澄江时报 | 作者:李明 | 编辑:赵珊", "from 澄江时报; by 李明; ed 赵珊"},
	{"作者:李明 来源:澄江时报", "from 澄江时报; by 李明"},
	{"(来源:澄江时报 责编:赵珊)", "from 澄江时报; ed 赵珊"},
	{"来源:澄江时报 浏览次数:12 作者:", "from 澄江时报"},
	{"原标题:老水塔修好了 来源:澄江时报", "from 澄江时报"},
	{"文/李明 图/王小五", "by 李明; others"},
	{"来源: 作者:李明", "by 李明"},

	// Authors.
	{"作者:李明", "by 李明"},
	{"作者: 李明", "by 李明"},
	{"作 者:李明", "by 李明"},
	{"(作者:李明)", "by 李明"},
	{"作者/李明", "by 李明"},
	{"作者丨李明", "by 李明"},
	{"作者 李明", "by 李明"},
	{"文/李明", "by 李明"},
	{"文|李明", "by 李明"},
	{"文丨李明", "by 李明"},
	{"撰文:李明", "by 李明"},
	{"作者:李明、王小五", "by 李明; by 王小五"},
	{"作者:李明,王小五", "by 李明; by 王小五"},
	{"作者:李明 王小五", "by 李明; by 王小五"},
	{"作者:李 明", "by 李明"},
	{"作者:阿依古丽·买买提", "by 阿依古丽·买买提"},
	{"作者:清河周刊评论员", "by 清河周刊评论员"},
	{"作者:Jane Doe", "by Jane Doe"},
	{"(作者:李明,清河大学教授)", "by 李明; note 清河大学教授"},
	{"记者:李明", "by 李明"},
	{"(记者 李明)", "by 李明"},
	{"(记者 李明 王小五)", "by 李明; by 王小五"},
	{"本报记者 李明", "by 李明"},
	{"清河周刊网记者李明", "by 李明"},
	{"清河周刊网记者 李明 通讯员 王小五", "by 李明; by 王小五"},
	{"□ 李明", "by 李明"},
	{"■本报记者 李明", "by 李明"},
	{"□本报记者 李 明", "by 李明"},
	{"记者 欧阳小明", "by 欧阳小明"},

	// Author notes.
	{"(作者系清河县志办研究员付文)", "note 作者系清河县志办研究员付文"},
	{"作者系清河县志办研究员", "note 作者系清河县志办研究员"},
	{"(本文作者系清河大学教授)", "note 本文作者系清河大学教授"},
	{"(作者为清河大学历史学院教授)", "note 作者为清河大学历史学院教授"},
	{"(作者单位:清河大学)", "note 作者单位:清河大学"},
	{"作者简介:李明,清河大学教授。", "note 作者简介:李明,清河大学教授。"},
	{"(李明 作者系清河大学教授)", "by 李明; note 作者系清河大学教授"},
	{"(李明,系清河大学教授)", "by 李明; note 系清河大学教授"},
	{"The author is a historian at Hill College.", "note The author is a historian at Hill College."},
	{"About the author: Jane Doe teaches history.", "note About the author: Jane Doe teaches history."},

	// Editors.
	{"责编:赵珊", "ed 赵珊"},
	{"(责编:赵珊)", "ed 赵珊"},
	{"(责编:李栋、赵爽)", "ed 李栋; ed 赵爽"},
	{"(责编:郜碧澄(实习)、盛卉)", "ed 郜碧澄; ed 盛卉"},
	{"责任编辑:赵珊", "ed 赵珊"},
	{"责任编辑: 赵 珊", "ed 赵珊"},
	{"[责任编辑:赵珊]", "ed 赵珊"},
	{"【责任编辑:赵珊】", "ed 赵珊"},
	{"(责任编辑 赵珊)", "ed 赵珊"},
	{"责 编:赵珊", "ed 赵珊"},
	{"编辑:赵珊", "ed 赵珊"},
	{"编辑:赵珊 校对:李栋", "ed 赵珊"},
	{"编辑/赵珊", "ed 赵珊"},
	{"编辑|赵珊", "ed 赵珊"},
	{"网编:赵珊", "ed 赵珊"},
	{"值班编辑:赵珊", "ed 赵珊"},
	{"本期编辑:赵珊 李栋", "ed 赵珊; ed 李栋"},
	{"责编:新媒体中心", "ed 新媒体中心"},

	// English.
	{"Source: Valley Post", "from Valley Post"},
	{"SOURCE: Valley Post", "from Valley Post"},
	{"(Source: Valley Post)", "from Valley Post"},
	{"Via: Valley Post", "from Valley Post"},
	{"Originally published by Hill Commons", "from Hill Commons"},
	{"Originally published in Hill Commons.", "from Hill Commons"},
	{"This article was originally published by Hill Commons.", "from Hill Commons"},
	{"This story first appeared in the Valley Post.", "from Valley Post"},
	{"This article is republished from Hill Commons under a Creative Commons license.", "from Hill Commons"},
	{"Reprinted with permission from Valley Post", "from Valley Post"},
	{"This piece was first published on Hill Commons on 2 August 2023.", "from Hill Commons"},
	{"Source: Valley Post | Author: Jane Doe", "from Valley Post; by Jane Doe"},
	{"Source: Valley Post By Jane Doe Editor: Ann Roe", "from Valley Post; by Jane Doe; ed Ann Roe"},
	{"By Jane Doe", "by Jane Doe"},
	{"BY JANE DOE", "by JANE DOE"},
	{"By Jane Doe and John Roe", "by Jane Doe; by John Roe"},
	{"By Jane Doe, staff writer", "by Jane Doe"},
	{"Written by Jane Doe", "by Jane Doe"},
	{"Author: Jane Doe", "by Jane Doe"},
	{"Editor: Ann Roe", "ed Ann Roe"},
	{"Editors: Ann Roe, John Roe", "ed Ann Roe; ed John Roe"},
	{"Edited by Ann Roe", "ed Ann Roe"},
	{"Source: the mayor", "unclear the mayor"},
	{"Source: Valley Post, Hill Commons", "unclear Valley Post, Hill Commons"},

	// What only looks like one.
	{"记者了解到,资金来源:澄江时报读者捐款。", ""},
	{"据清河周刊网消息来源介绍,工程明年完工。", ""},
	{"资金来源:财政拨款", ""},
	{"数据来源:清河县统计局", ""},
	{"图片来源:视觉中国", ""},
	{"能量来源是太阳。", ""},
	{"来源不明的包裹", ""},
	{"来源:这笔钱来自读者的捐款,由基金会管理,每一笔都有账可查。", ""},
	{"转载自澄江时报的这篇文章引起了许多读者的讨论", ""},
	{"原标题:老水塔修好了", ""},
	{"作者为了写这本书走遍了清河。", ""},
	{"作者是怎样找到老水塔的", ""},
	{"作者认为老水塔应当保留。", ""},
	{"编辑部的故事", ""},
	{"编辑:如何写好一篇文章", ""},
	{"责任编辑是谁", ""},
	{"记者李明从清河县获悉", ""},
	{"记者 高空作业", ""},
	{"文明:从清河开始", ""},
	{"作文:我的家乡", ""},
	{"图/王小五", ""},
	{"校对:李栋", ""},
	{"2023-08-02 李明", ""},
	{"2023-08-02 阅读 1234", ""},
	{"2023年8月2日,清河县老水塔修好了", ""},
	{"李明", ""},
	{"上一篇:老水塔", ""},
	{"相关热词搜索:", ""},
	{"据新华社电", ""},
	{"By the river", ""},
	{"BY THE RIVER", ""},
	{"By Thursday Night", ""},
	{"By Design", ""},
	{"By Reuters", ""},
	{"The source of the river", ""},
	{"Source code is published on the site.", ""},
	{"The author argues that the mill should stay.", ""},
	{"Originally the mill had two wheels.", ""},
	{"Published on Monday", ""},
	{"Editor of the Valley Post resigns", ""},
	{"Text messages: a history", ""},
}

func TestReadLine(t *testing.T) {
	t.Parallel()
	for _, tt := range lineCases {
		for _, line := range both(tt.line) {
			s, ok := readLine(feeds.OneLine(line), nil)
			if got := summary(s, ok); got != tt.want {
				t.Errorf("%q\n got %q\nwant %q", line, got, tt.want)
			}
		}
	}
}
