package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time: 30s, 30m, 12h, 90d, 2w, or several together (1d12h).
type Duration time.Duration

var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// longest is more than any embargo, window or interval can mean.
const longest = 100 * 365 * 24 * time.Hour

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	rest := string(text)
	var total time.Duration
	for rest != "" {
		digits := strings.TrimLeft(rest, "0123456789")
		n, err := strconv.Atoi(rest[:len(rest)-len(digits)])
		if err != nil || digits == "" || units[digits[0]] == 0 || time.Duration(n) > longest/units[digits[0]] {
			return fmt.Errorf("%q is no length of time; write a number and a unit: 30s, 30m, 12h, 90d or 2w", text)
		}
		total += time.Duration(n) * units[digits[0]]
		rest = digits[1:]
	}
	if len(text) == 0 || total > longest {
		return fmt.Errorf("%q is no length of time; write a number and a unit: 30s, 30m, 12h, 90d or 2w", text)
	}
	*d = Duration(total)
	return nil
}

// Date is a calendar day, written 2026-12-31. The zero Date is none.
type Date struct{ Year, Month, Day int }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is no date; write it as 2026-12-31", text)
	}
	*d = Date{t.Year(), int(t.Month()), t.Day()}
	return nil
}

// begin returns the first moment of the day in a zone; the zero time for no date.
func (d Date) begin(zone *time.Location) time.Time {
	if d == (Date{}) {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, zone)
}

// end returns the first moment after the day in a zone; the zero time for no date.
func (d Date) end(zone *time.Location) time.Time {
	d.Day++
	if d == (Date{Day: 1}) {
		return time.Time{}
	}
	return d.begin(zone)
}
