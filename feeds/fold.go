package feeds

import (
	"strings"
	"unicode"
)

// Fold returns name in the form in which two spellings of one outlet, person or agency
// are equal: without white space and brackets of titles, full-width forms made ordinary,
// letters in lower case, and the traditional characters common in the names of media
// made simplified. Folding is for comparing, never for showing.
func Fold(name string) string {
	return strings.Map(foldRune, name)
}

func foldRune(r rune) rune {
	switch {
	case unicode.IsSpace(r), r == 0x200B, r == 0xFEFF:
		return -1
	case r == '《', r == '》', r == '〈', r == '〉':
		return -1
	case r >= 0xFF01 && r <= 0xFF5E:
		r -= 0xFEE0
	case r == '–', r == '—', r == '―', r == '‐', r == '‑', r == '−':
		return '-'
	case r == '・', r == '•', r == '‧':
		return '·'
	}
	return unicode.ToLower(simple(r))
}

// simplified maps the traditional characters that occur in the names of outlets and in
// credit lines. It is a list of pairs, not a converter: what is not listed stays apart,
// which can only make two names differ, and that is the strict side.
var simplified = pairs("" +
	"網网週周報报刊刊時时雜杂誌志華华聞闻電电視视臺台廣广學学習习經经濟济參参門门東东" +
	"國国際际環环頭头條条觀观點点線线訊讯財财貿贸農农業业勞劳動动黨党軍军聯联會会長长" +
	"灣湾島岛魯鲁蘇苏遼辽龍龙滬沪閩闽黃黄寧宁慶庆貴贵雲云陝陕肅肃內内鄉乡鎮镇縣县區区" +
	"團团員员藝艺術术體体館馆書书畫画圖图藍蓝紅红風风飛飞馬马鳥鸟陽阳陸陆難难題题標标" +
	"記记編编審审責责攝摄發发來来源源轉转載载稿稿訪访談谈評评論论語语話话說说讀读寫写" +
	"傳传媒媒產产權权專专欄栏現现場场實实驗验導导師师醫医藥药與与爲为為为開开關关間间" +
	"輯辑聲声獨独嚴严複复製制絕绝處处紙纸據据綜综譯译繪绘係系報报刪删侵侵違违規规許许請请創创貼贴隊队彙汇" +
	"張张陳陈劉刘楊杨趙赵吳吴孫孙鄭郑馮冯鄧邓許许蕭萧羅罗葉叶鐘钟韓韩謝谢蔣蒋譚谭賴赖")

// Simplified returns s with the same traditional characters made simplified, and nothing
// else changed. Every character keeps its length, so a place in the result is the same
// place in s.
func Simplified(s string) string { return strings.Map(simple, s) }

// simple returns what stands for a character in the list, or the character.
func simple(r rune) rune {
	if r < firstHan || r > lastHan {
		return r
	}
	if to := simplified[r-firstHan]; to != 0 {
		return to
	}
	return r
}

// The block of characters that all pairs are of (CJK Unified Ideographs).
const (
	firstHan = 0x4E00
	lastHan  = 0x9FFF
)

// pairs reads a list of characters, each followed by the one it becomes, into a table.
func pairs(list string) *[lastHan - firstHan + 1]rune {
	var table [lastHan - firstHan + 1]rune
	var from rune
	for _, r := range list {
		if from == 0 {
			from = r
			continue
		}
		table[from-firstHan] = r
		from = 0
	}
	return &table
}
