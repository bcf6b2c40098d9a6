package normalize

import (
	"strconv"
	"strings"
	"time"

	"reprint/feeds"
)

// The shapes of dates that are read. A date whose order of day and month is a guess, such as
// 08/02/2023, is not among them, and neither is a year or a month alone.
const (
	// A few sites write "09:15" with full-width digits or colons; narrow has made those
	// ordinary before a pattern is tried.
	dayTime = `(?:[T ,]*(上午|下午|AM|PM)?\s*([0-9]{1,2})(?:[:时点]([0-9]{1,2}))(?:[:分]([0-9]{1,2})秒?|分)?(?:[.,]([0-9]{1,9}))?\s*(AM|PM)?)?`
	zoneTag = `\s*(\S.*)?$`
)

var (
	// 2023-08-02T09:15:00+08:00, 2023/8/2 9:15, 2023.08.02, 2023年08月02日09:15
	yearFirst = compile(`^([0-9]{4})[-/.年]\s*([0-9]{1,2})[-/.月]\s*([0-9]{1,2})日?` + dayTime + zoneTag)
	// 20230802, 20230802T091500Z, 20230802091500
	compact = compile(`^([0-9]{4})([0-9]{2})([0-9]{2})(?:T?()([0-9]{2})([0-9]{2})([0-9]{2})?(?:[.,]([0-9]{1,9}))?())?` + zoneTag)
	// Wed, 02 Aug 2023 09:15:00 +0800 (RFC 822, RFC 1123, RFC 850 and variants)
	dayFirst = compile(`^([0-9]{1,2})(?:st|nd|rd|th)?[ -]+([A-Z]{3,9})\.?,?[ -]+([0-9]{2,4})` + dayTime + zoneTag)
	// August 2, 2023 9:15 AM
	monthFirst = compile(`^([A-Z]{3,9})\.?\s+([0-9]{1,2})(?:ST|ND|RD|TH)?,?\s+([0-9]{4})` + dayTime + zoneTag)
	// Wed Aug  2 09:15:00 CST 2023 (ctime)
	yearLast = compile(`^([A-Z]{3,9})\s+([0-9]{1,2})\s+([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\s+([A-Z]{2,5}|[+-][0-9]{4}))?\s+([0-9]{4})$`)
	// seconds or milliseconds since 1970
	epoch = compile(`^[0-9]{9,10}$|^[0-9]{12,13}$`)

	weekday = compile(`^(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*|星期.|周.)[.,]?\s*`)
	comment = compile(`\s*[(][^()]*[)]$`)
)

// clock is a date as it was written, before it is checked.
type clock struct {
	year, month, day     int
	hour, minute, second int
	nanosecond           int
	half                 string // AM, PM, 上午, 下午
	zone                 string // as written; empty if none
}

// readDate reads a date in any of the usual spellings. A date without a zone is in zone. It
// fails rather than guess: an unknown zone, a day that does not exist, or an ambiguous order
// give no date.
func readDate(value string, zone *time.Location) (time.Time, bool) {
	s := strings.ToUpper(narrow(feeds.OneLine(shorten(value, 2*maxQuote))))
	s = weekday.ReplaceAllString(s, "")
	if epoch.MatchString(s) {
		return readEpoch(s), true
	}
	c, ok := readClock(s)
	if !ok {
		return time.Time{}, false
	}
	return c.time(zone)
}

// narrow makes full-width digits, letters and signs ordinary.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E {
			return r - 0xFEE0
		}
		return r
	}, s)
}

func readEpoch(digits string) time.Time {
	n, _ := strconv.ParseInt(digits, 10, 64)
	if len(digits) > 10 {
		return time.UnixMilli(n).UTC()
	}
	return time.Unix(n, 0).UTC()
}

// readClock finds the shape of a date and takes it apart.
func readClock(s string) (clock, bool) {
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return newClock(m[1], m[2], m[3], m[4:]), true
	}
	if m := compact.FindStringSubmatch(s); m != nil {
		return newClock(m[1], m[2], m[3], m[4:]), true
	}
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		return newClock(fullYear(m[3]), monthNumber(m[2]), m[1], m[4:]), true
	}
	if m := monthFirst.FindStringSubmatch(s); m != nil {
		return newClock(m[3], monthNumber(m[1]), m[2], m[4:]), true
	}
	if m := yearLast.FindStringSubmatch(s); m != nil {
		return newClock(m[7], monthNumber(m[1]), m[2], []string{"", m[3], m[4], m[5], "", "", m[6]}), true
	}
	return clock{}, false
}

// newClock takes the parts of a date; rest is what dayTime and zoneTag matched. A part that
// is no number is left 0, which no check lets pass.
func newClock(year, month, day string, rest []string) clock {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	c := clock{year: number(year), month: number(month), day: number(day)}
	c.half = rest[0] + rest[5]
	c.hour, c.minute, c.second = number(rest[1]), number(rest[2]), number(rest[3])
	c.nanosecond = number((rest[4] + "000000000")[:9])
	c.zone = strings.TrimSpace(rest[6])
	return c
}

// fullYear gives a year of two digits its century, by RFC 5322 section 4.3.
func fullYear(digits string) string {
	switch {
	case len(digits) != 2:
		return digits
	case digits < "50":
		return "20" + digits
	}
	return "19" + digits
}

// monthNumber returns the number of an English month, written out or cut to three letters
// or more; 0 if it is none.
func monthNumber(name string) string {
	for m := time.January; m <= time.December; m++ {
		full := strings.ToUpper(m.String())
		if strings.HasPrefix(full, name) || name == "SEPT" && m == time.September {
			return strconv.Itoa(int(m))
		}
	}
	return "0"
}

// time checks the parts and puts them together.
func (c clock) time(zone *time.Location) (time.Time, bool) {
	if !c.toFullDay() || c.year < 1900 || c.minute > 59 || c.second > 60 {
		return time.Time{}, false
	}
	t := time.Date(c.year, time.Month(c.month), c.day, 0, 0, 0, 0, time.UTC)
	if t.Day() != c.day || t.Month() != time.Month(c.month) {
		return time.Time{}, false
	}
	if c.zone != "" {
		var ok bool
		if zone, ok = readZone(c.zone, t, zone); !ok {
			return time.Time{}, false
		}
	}
	return time.Date(c.year, time.Month(c.month), c.day, c.hour, c.minute, c.second, c.nanosecond, zone), true
}

// toFullDay turns an hour of half a day into one of the whole day, and checks it. 24:00 is
// the end of a day (ISO 8601).
func (c *clock) toFullDay() bool {
	if c.half == "" {
		return c.hour < 24 || c.hour == 24 && c.minute == 0 && c.second == 0
	}
	afternoon := c.half == "PM" || c.half == "下午"
	switch {
	case c.hour > 12 && !afternoon, c.hour > 23:
		return false
	case c.hour == 12 && !afternoon:
		c.hour = 0
	case c.hour < 12 && afternoon:
		c.hour += 12
	}
	return true
}

// offset is a zone in numbers, with or without a name before it: +0800, GMT+8, UTC-03:30.
var offset = compile(`^(?:GMT|UTC|UT|Z)?\s*([+-])([0-9]{1,2}):?([0-9]{2})?$`)

// zoneHours are the zones that RFC 822 names, and others that name one offset only.
var zoneHours = map[string]float64{
	"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3,
	"CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "WEST": 1, "MSK": 3,
	"HKT": 8, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
	"北京时间": 8, "CHINA STANDARD TIME": 8, "中国标准时间": 8,
}

// readZone reads a zone as written. CST is China's to a source in China, and else America's.
func readZone(name string, at time.Time, own *time.Location) (*time.Location, bool) {
	if trimmed := comment.ReplaceAllString(name, ""); trimmed != "" {
		name = trimmed
	} else {
		name = strings.Trim(name, "()")
	}
	if m := offset.FindStringSubmatch(name); m != nil {
		return readOffset(m[1], m[2], m[3])
	}
	hours, ok := zoneHours[name]
	if !ok {
		return nil, false
	}
	if _, seconds := at.In(own).Zone(); name == "CST" && seconds == 8*3600 {
		hours = 8
	}
	return time.FixedZone(name, int(hours*3600)), true
}

func readOffset(sign, hours, minutes string) (*time.Location, bool) {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if h > 14 || m > 59 {
		return nil, false
	}
	seconds := h*3600 + m*60
	if sign == "-" {
		seconds = -seconds
	}
	if seconds == 0 {
		return time.UTC, true
	}
	return time.FixedZone("", seconds), true
}
