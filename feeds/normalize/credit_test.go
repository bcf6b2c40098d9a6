package normalize

import "testing"

// creditCases are captions, and what is read as text and as credit.
var creditCases = []struct{ caption, text, credit string }{
	// Chinese.
	{"清河周刊网记者李明摄", "", "清河周刊网记者李明摄"},
	{"修缮后的老水塔。清河周刊网记者李明摄", "修缮后的老水塔。", "清河周刊网记者李明摄"},
	{"修缮后的老水塔。 清河周刊网记者 李明 摄", "修缮后的老水塔。", "清河周刊网记者 李明 摄"},
	{"修缮后的老水塔(李明摄)", "修缮后的老水塔", "李明摄"},
	{"修缮后的老水塔 李明/摄", "修缮后的老水塔", "李明/摄"},
	{"修缮后的老水塔 摄影:李明", "修缮后的老水塔", "摄影:李明"},
	{"摄影:李明 修缮后的老水塔。", "摄影:李明 修缮后的老水塔。", ""},
	{"清河周刊网发(李明摄)", "", "清河周刊网发(李明摄)"},
	{"春汛中的清河。新华社发(李明摄)", "春汛中的清河。", "新华社发(李明摄)"},
	{"春汛中的清河。视觉中国供图", "春汛中的清河。", "视觉中国供图"},
	{"视觉中国供图", "", "视觉中国供图"},
	{"图片来源:视觉中国", "", "图片来源:视觉中国"},
	{"图源:澄江时报", "", "图源:澄江时报"},
	{"图片来源:网络", "图片来源:网络", ""},
	{"受访者供图", "受访者供图", ""},
	{"资料图", "资料图", ""},
	{"图为修缮后的老水塔", "图为修缮后的老水塔", ""},
	{"手机拍摄的老水塔", "手机拍摄的老水塔", ""},
	{"在塔上拍摄", "在塔上拍摄", ""},
	{"航拍清河。李明 王小五 摄", "航拍清河。", "李明 王小五 摄"},
	{"左图:水塔。李明摄 右图:铁梯。王小五摄", "左图:水塔。李明摄 右图:铁梯。王小五摄", ""},
	{"清河周刊网", "清河周刊网", ""},
	{"老水塔。記者李明攝", "老水塔。", "記者李明攝"},
	// English.
	{"Photo: Jane Doe", "", "Photo: Jane Doe"},
	{"The wheel. Photo: Jane Doe", "The wheel.", "Photo: Jane Doe"},
	{"The wheel. Photo by Jane Doe/Reuters", "The wheel.", "Photo by Jane Doe/Reuters"},
	{"The wheel (AP Photo/Jane Doe)", "The wheel", "AP Photo/Jane Doe"},
	{"The wheel. Jane Doe/Getty Images", "The wheel.", "Jane Doe/Getty Images"},
	{"The wheel. © 2023 Jane Doe", "The wheel.", "© 2023 Jane Doe"},
	{"The wheel. Courtesy of Hill Commons", "The wheel.", "Courtesy of Hill Commons"},
	{"The wheel turns again", "The wheel turns again", ""},
	{"A photo by the river", "A photo by the river", ""},
	{"Photo: the wheel turns again", "Photo: the wheel turns again", ""},
	{"Credit cards are accepted", "Credit cards are accepted", ""},
	{"", "", ""},
}

func TestReadCredit(t *testing.T) {
	t.Parallel()
	for _, tt := range creditCases {
		for _, caption := range both(tt.caption) {
			text, credit := readCredit(caption)
			if narrow(text) != tt.text || narrow(credit) != tt.credit {
				t.Errorf("%q\n got %q, credit %q\nwant %q, credit %q", caption, text, credit, tt.text, tt.credit)
			}
		}
	}
}
