package cache

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// MergeRecent puts two lists of pulls together, newest first, at most [RecentPulls].
func MergeRecent(a, b []time.Time) []time.Time {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y time.Time) int { return y.Compare(x) })
	return all[:min(len(all), RecentPulls)]
}

// EncodeRecent writes a list of pulls as backends keep it.
func EncodeRecent(recent []time.Time) string {
	var parts []string
	for _, t := range recent {
		parts = append(parts, strconv.FormatInt(t.UnixMilli(), 10))
	}
	return strings.Join(parts, " ")
}

// DecodeRecent reads such a list.
func DecodeRecent(s string) []time.Time {
	var recent []time.Time
	for _, part := range strings.Fields(s) {
		if millis, err := strconv.ParseInt(part, 10, 64); err == nil {
			recent = append(recent, time.UnixMilli(millis).UTC())
		}
	}
	return recent
}
