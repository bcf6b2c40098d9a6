package normalize

import (
	"strings"
	"testing"
)

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
	// Where a credit begins and ends.
	{"老水塔。李明摄。", "老水塔。", "李明摄"},
	{"老水塔。水塔下的人。李明摄", "老水塔。水塔下的人。", "李明摄"},
	{"修缮后的《老水塔》李明摄", "修缮后的《老水塔》", "李明摄"},
	{"摄影:李明。修缮后的老水塔。", "修缮后的老水塔。", "摄影:李明"},
	{"摄影:李明。修缮后的老水塔。水塔下的人。", "修缮后的老水塔。水塔下的人。", "摄影:李明"},
	{"水塔下的人。修缮后的老水塔。", "水塔下的人。修缮后的老水塔。", ""},
	{"老水塔(视觉中国)", "老水塔(视觉中国)", ""},
	{"老水塔(视觉中国供图)。", "老水塔", "视觉中国供图"},
	{"(李明摄)", "", "李明摄"},
	{"[李明摄]", "", "李明摄"},
	{"(李明)(王小五 摄)", "(李明)", "王小五 摄"},
	{"图为清河周刊网记者李明摄", "图为清河周刊网记者李明摄", ""},
	{"老水塔。图为清河周刊网记者李明摄", "老水塔。图为清河周刊网记者李明摄", ""},
	{"李明摄于清河", "", "李明摄于清河"},
	{"清河周刊/李明 摄", "", "清河周刊/李明 摄"},
	{"清河周刊供图 李明 摄", "", "清河周刊供图 李明 摄"},
	{"老水塔。新华社发", "老水塔。", "新华社发"},
	{"老水塔。东方网发", "老水塔。", "东方网发"},
	{"老水塔。李明 图", "老水塔。", "李明 图"},
	{"老水塔 图", "老水塔 图", ""},
	{"照片由清河县委宣传部提供", "", "照片由清河县委宣传部提供"},
	{"照片由网友提供", "照片由网友提供", ""},
	{"图/李明", "", "图/李明"},
	{"图/清河影像", "", "图/清河影像"},
	{"图/新华社", "", "图/新华社"},
	{"图:老水塔", "图:老水塔", ""},
	{"图/网络", "图/网络", ""},
	{"文、图/李明", "", "文、图/李明"},
	{"图源: 视觉中国", "", "图源: 视觉中国"},
	{"图源:微信公众号清河漫步", "", "图源:微信公众号清河漫步"},
	{"图源:" + strings.Repeat("清", 17), "图源:" + strings.Repeat("清", 17), ""},
	{"摄影 李明", "", "摄影 李明"},
	{"摄影 爱好者", "摄影 爱好者", ""},
	{"摄影:网络截图", "摄影:网络截图", ""},
	{"摄影师:佚名", "摄影师:佚名", ""},
	{"左图:水塔。右图:铁梯。李明摄", "左图:水塔。右图:铁梯。李明摄", ""},
	{"摄", "摄", ""},
	{"Photo: " + strings.Repeat("Jane Doe ", 12), "Photo: " + strings.Repeat("Jane Doe ", 12), ""},
	{"The left bank and the right bank. Photo: Jane Doe", "The left bank and the right bank. Photo: Jane Doe", ""},
	{"The wheel. It turns again! Photo: Jane Doe", "The wheel. It turns again!", "Photo: Jane Doe"},
	{"Photo: Jane Doe. The wheel turns again.", "The wheel turns again.", "Photo: Jane Doe."},
	{"J. Doe at the wheel. Photo: J. Doe", "J. Doe at the wheel.", "Photo: J. Doe"},
	// English names and what only looks like them.
	{"Photo: The Wheel", "Photo: The Wheel", ""},
	{"Photo:", "Photo:", ""},
	{"Photo by jane doe", "Photo by jane doe", ""},
	{"Photo by @jane", "", "Photo by @jane"},
	{"Photo by Jane Doe of the Hill Commons", "", "Photo by Jane Doe of the Hill Commons"},
	{"Photo by Jane Doe walking home", "Photo by Jane Doe walking home", ""},
	{"Photo by Jane \"Jo\" Doe", "Photo by Jane \"Jo\" Doe", ""},
	{"Photo by Jane Doe (Reuters)", "", "Photo by Jane Doe (Reuters)"},
	{"Photo by One Two Three Four Five Six Seven Eight Nine Ten", "", "Photo by One Two Three Four Five Six Seven Eight Nine Ten"},
	{"Photo by One Two Three Four Five Six Seven Eight Nine Ten Eleven", "Photo by One Two Three Four Five Six Seven Eight Nine Ten Eleven", ""},
	{"Photo by Jane Doe...", "", "Photo by Jane Doe..."},
	{"Photo courtesy of 李明", "", "Photo courtesy of 李明"},
	{"Photo courtesy of 老水塔的人", "Photo courtesy of 老水塔的人", ""},
	{"© 2023 Jane Doe. All rights reserved.", "", "© 2023 Jane Doe. All rights reserved."},
	{"© 李明", "", "© 李明"},
	{"Copyright Jane Doe", "", "Copyright Jane Doe"},
	{"Copyright law is changing", "Copyright law is changing", ""},
	{"AFP/Jane Doe", "", "AFP/Jane Doe"},
	{"AFP/the wheel", "AFP/the wheel", ""},
	{"Jane Doe via Reuters", "", "Jane Doe via Reuters"},
	{"Jane Doe via Hill Commons", "Jane Doe via Hill Commons", ""},
	{"the wheel/Reuters", "the wheel/Reuters", ""},
	{"The wheel (Reuters)", "The wheel", "Reuters"},
	{"The wheel (Jane Doe/Hill Commons)", "The wheel", "Jane Doe/Hill Commons"},
	{"The wheel (Jane Doe/hill commons)", "The wheel (Jane Doe/hill commons)", ""},
	{"The wheel (Hill Commons)", "The wheel (Hill Commons)", ""},
	{"The wheel (2023)", "The wheel (2023)", ""},
	{"CC BY-SA 4.0 is a license", "CC BY-SA 4.0 is a license", ""},
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
