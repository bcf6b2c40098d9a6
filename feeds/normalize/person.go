package normalize

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// surnames are the common Chinese surnames. A name without a label counts as one only if it
// begins with one of them.
const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭" +
	"廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅" +
	"莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边佟边郜"

// doubleSurnames are the surnames of two characters.
const doubleSurnames = " 欧阳 司马 上官 诸葛 司徒 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 端木 "

// notGiven are words that begin with a surname and are no names. They occur before 摄 and
// after 记者 where a person might stand.
var notGiven = []string{
	"高空", "高处", "高清", "高速", "高山", "高原", "高铁", "黄昏", "黄山", "黄河", "夏日", "夏天", "夏季", "江边", "江面", "江上", "江南", "江畔",
	"林间", "林中", "马路", "白天", "白云", "金秋", "金色", "石桥", "田间", "田野", "路边", "路上", "路人", "方面", "方才", "时间", "时尚", "关于",
	"安全", "安徽", "常见", "成都", "成功", "成果", "包括", "单位", "向前", "解放", "解说", "阳光", "游客", "车站", "车上", "车内", "边境", "边上",
	"温度", "温馨", "武汉", "武术", "龙舟", "龙年", "雷雨", "汤圆", "万里", "任何", "施工", "管理", "强调", "强降", "景色", "景区", "华灯", "项目",
	"文化", "文物", "文旅", "易拉", "房屋", "洪水", "海边", "成片", "向日", "梅花", "桂花", "柳树", "荷花", "程序", "段落", "左侧", "左图", "查看",
	"单反", "双摄", "于是", "何时", "何人", "何处", "易于", "毛主", "严禁", "任务", "时代", "时刻", "童话", "童年", "舒适", "盛夏", "盛开", "盛况",
}

// trades are the words before a name that say what somebody is.
const trades = `(?:本报|本网|本刊|本台|特约|实习|见习|特派|首席|全媒体|融媒体|文字|摄影|图片|驻地)*(?:记者|通讯员|评论员|撰稿人|撰稿|摄影师|摄影|实习生)`

// office is the end of a name that stands for a desk or a group instead of a person.
var office = compile(`(?:部|组|室|员|中心|社|报|网|刊|台|站|处|院|会|局|团队|集团|公司|大学|频道|小编)$`)

// hanName is a name in Chinese characters, with the dot of foreign and minority names.
var hanName = compile(`^\p{Han}{1,8}(?:[·•・]\p{Han}{1,10}){0,3}$`)

// latinName is a name in another alphabet: words that begin with a capital, and the small
// words that occur between them.
var latinName = compile(`^\p{Lu}[\p{L}\p{M}.'’-]*(?: (?:\p{Lu}[\p{L}\p{M}.'’-]*|de|da|di|du|del|della|der|den|dos|van|von|la|le|el|al|bin|ibn|y|e)){0,4}$`)

// aside is a note behind a name, such as (实习).
var aside = compile(`\s*[(\x{FF08}][^()\x{FF08}\x{FF09}]{1,12}[)\x{FF09}]`)

// isPerson tells whether s is surely a person's name as it stands: a Chinese name of two or
// three characters with a common surname, four with a double one, or one with a dot; or a
// Latin name of two words or more.
func isPerson(s string) bool {
	if latinName.MatchString(s) {
		return strings.Contains(s, " ") && !hasCommonWord(s)
	}
	if !hanName.MatchString(s) || hasTrade(s) {
		return false
	}
	if strings.ContainsAny(s, "·•・") {
		return true
	}
	for _, word := range notGiven {
		if strings.HasPrefix(s, word) {
			return false
		}
	}
	first, size := utf8.DecodeRuneInString(s)
	switch utf8.RuneCountInString(s) {
	case 2, 3:
		return strings.ContainsRune(surnames, first) || isDouble(s) && len(s) > 2*size
	case 4:
		return isDouble(s)
	}
	return false
}

func isDouble(s string) bool {
	runes := []rune(s)
	return len(runes) > 2 && strings.Contains(doubleSurnames, " "+string(runes[:2])+" ")
}

// tradeWords never occur in a name.
var tradeWords = []string{
	"摄", "拍", "图", "供", "发", "截", "资料", "网络", "视频", "记者", "通讯员", "编辑", "作者", "来源", "新闻", "报道", "综合", "本报", "本网", "本刊", "无人机", "手机",
}

func hasTrade(s string) bool {
	return slices.ContainsFunc(tradeWords, func(w string) bool { return strings.Contains(s, w) })
}

// mayBePerson tells whether s can be a name where a label has said that one follows: a desk
// or a group counts too.
func mayBePerson(s string) bool {
	if latinName.MatchString(s) {
		return !hasCommonWord(s)
	}
	if !hanName.MatchString(s) {
		return false
	}
	n := utf8.RuneCountInString(s)
	if n > 4 && !strings.ContainsAny(s, "·•・") {
		return n <= 14 && office.MatchString(s)
	}
	return n >= 2 && (!hasTrade(s) || office.MatchString(s))
}

// commonWords begin or end what only looks like an English name.
const commonWords = " a an and are as at be but by day days design for from how in is it its may monday my new news next night no not now of on one or our " +
	"people saturday sunday the their they this thursday time to today tuesday two us wednesday week what when where who why with year years you your " +
	"january february march april june july august september october november december accident default definition hand hook land law mail sea train water friday reuters "

// hasCommonWord tells whether one of the words of a Latin name is an ordinary English word.
func hasCommonWord(s string) bool {
	for _, w := range strings.Fields(s) {
		if strings.Contains(commonWords, " "+strings.ToLower(strings.Trim(w, ".,'’"))+" ") {
			return true
		}
	}
	return false
}

// splitNames takes a list of names apart. Each must satisfy is, or the whole list is not sure.
func splitNames(list string, is func(string) bool) ([]string, bool) {
	list = strings.TrimSpace(aside.ReplaceAllString(list, " "))
	if is(list) {
		return []string{list}, true
	}
	var names []string
	for _, part := range nameBreak.Split(list, -1) {
		part = strings.Trim(part, " .。")
		switch {
		case part == "":
		case is(part):
			names = append(names, part)
		default:
			words, ok := splitSpaced(part, is)
			if !ok {
				return nil, false
			}
			names = append(names, words...)
		}
	}
	return names, len(names) > 0 && len(names) <= maxPersons
}

// nameBreak is what surely stands between two names.
var nameBreak = compile(`\s*[、,;/&\x{FF0C}\x{FF1B}\x{FF0F}]\s*|\s+(?:and|und|et)\s+`)

// splitSpaced takes Chinese names apart at spaces. Two single characters are one name that
// was set wide, as in "赵 珊".
func splitSpaced(list string, is func(string) bool) ([]string, bool) {
	var names []string
	wide := ""
	for _, w := range strings.Fields(list) {
		if !unicode.Is(unicode.Han, firstRune(w)) {
			return nil, false
		}
		if utf8.RuneCountInString(w) == 1 {
			if wide == "" {
				wide = w
				continue
			}
			w, wide = wide+w, ""
		}
		if wide != "" || !is(w) {
			return nil, false
		}
		names = append(names, w)
	}
	return names, wide == "" && len(names) > 0
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
