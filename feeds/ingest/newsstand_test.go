package ingest_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"reprint/feeds/ingest"
)

// newsstand is a world of publishers that keep score, by the counters that publishers who
// watch their readers use. It is a transport: the real client asks it.
type newsstand struct {
	mu       sync.Mutex
	begin    time.Time
	feeds    map[string]*scored // by address
	hosts    map[string][]*scored
	robots   map[string][]time.Time // when a host was asked for its robots.txt
	inFlight map[string]int         // by registrable domain and by machine
	last     map[string]time.Time
	counts   map[string]int
	requests int
	faulty   int
	examples map[string]string
}

// scored is a feed and what its publisher has seen.
type scored struct {
	n          int
	address    string
	domain, ip string

	etags, dates []string // that were given out, the latest last
	asked        int
	notBefore    time.Time // by the last answer and the floor of an hour
	told         bool      // a document with the hours to skip was given out
	gone         bool
	found        int       // answers at the new address that came by way of the old
	foundSince   time.Time // the first of them
	settled      bool      // enough of them over enough time
	moving       bool
}

func newNewsstand(feeds int) (*newsstand, []ingest.Source) {
	w := &newsstand{
		begin: time.Now(), feeds: map[string]*scored{}, hosts: map[string][]*scored{}, robots: map[string][]time.Time{}, inFlight: map[string]int{}, last: map[string]time.Time{}, counts: map[string]int{}, examples: map[string]string{},
	}
	var sources []ingest.Source
	for n := range feeds {
		domain := fmt.Sprintf("d%d.example", n/5) // five feeds on a domain, forty on a machine
		f := &scored{n: n, domain: domain, ip: fmt.Sprintf("192.0.%d.%d", n/40/250, n/40%250+1), address: fmt.Sprintf("https://s%d.%s/feed", n%3, domain) + strconv.Itoa(n)}
		w.feeds[f.address] = f
		host := fmt.Sprintf("s%d.%s", n%3, domain)
		w.hosts[host] = append(w.hosts[host], f)
		sources = append(sources, ingest.Source{ID: fmt.Sprintf("f%d", n), Name: "F", Home: "https://" + domain + "/", Feed: f.address})
	}
	return w, sources
}

// locate is the newsstand's name server.
func (w *newsstand) locate(_ context.Context, address string) string {
	if f := w.feeds[address]; f != nil {
		return f.ip
	}
	return ""
}

// pick gives feed n a trait: the same number for the same feed and question.
func (f *scored) pick(question string, of int) int {
	h := fnv.New32a()
	fmt.Fprint(h, f.n, question)
	return int(h.Sum32()>>8) % of
}

// day is the day of the simulation.
func (w *newsstand) day() int { return int(time.Since(w.begin) / (24 * time.Hour)) }

// RoundTrip answers like a publisher, after a while, and notes what was wrong in asking.
func (w *newsstand) RoundTrip(r *http.Request) (*http.Response, error) {
	address, moved := strings.CutSuffix(r.URL.String(), "-moved")
	f, robots := w.feeds[address], r.URL.Path == "/robots.txt"
	if robots && len(w.hosts[r.URL.Host]) > 0 {
		f = w.hosts[r.URL.Host][0]
	}
	if f == nil {
		return nil, fmt.Errorf("nobody publishes at %s", address)
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Conn: connTo(f.ip)})
	}
	if robots {
		w.arriveForRobots(f, r)
	} else {
		w.arrive(f, r, moved)
	}
	err := sleep(r.Context(), 20*time.Millisecond+time.Duration(rand.Int64N(int64(2*time.Second))))
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for _, key := range []string{f.domain, f.ip} {
		w.inFlight[key]--
		w.last[key] = now
	}
	if err != nil {
		if asked := w.robots[r.URL.Host]; robots { // it was cut off, so it was never told
			w.robots[r.URL.Host] = asked[:len(asked)-1]
		}
		return nil, err
	}
	if robots {
		return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	return w.answer(f, r, moved, now), nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// arrive looks at a request.
func (w *newsstand) arrive(f *scored, r *http.Request, moved bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	var faults []string
	check := func(bad bool, fault string) {
		if bad {
			faults = append(faults, fault)
		}
	}
	// The second request of a redirect belongs to the first.
	followed := r.Response != nil
	check(!followed && now.Before(f.notBefore), "too early")
	check(f.gone, "after 410")
	hour, asleep := f.sleeps()
	check(asleep && f.told && now.UTC().Hour() == hour && !followed, "in an hour to skip")
	check(f.settled && !moved, "at the old address")
	check(!strings.Contains(r.Header.Get("Accept"), "rss"), "no Accept")
	faults = append(faults, w.manners(f, r, now, followed)...)
	faults = append(faults, f.validators(r, moved)...)
	w.note(r, now, faults)
	f.asked++
}

// arriveForRobots looks at a request for robots.txt. Each feed may ask for it once a day.
func (w *newsstand) arriveForRobots(f *scored, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	faults := w.manners(f, r, now, false)
	recent := slices.DeleteFunc(w.robots[r.URL.Host], func(at time.Time) bool { return now.Sub(at) >= 24*time.Hour })
	if len(recent) >= len(w.hosts[r.URL.Host]) {
		faults = append(faults, "robots.txt more than once a day")
	}
	w.robots[r.URL.Host] = append(recent, now)
	w.note(r, now, faults)
}

// manners looks at what is the same for every request.
func (w *newsstand) manners(f *scored, r *http.Request, now time.Time, followed bool) (faults []string) {
	check := func(bad bool, fault string) {
		if bad {
			faults = append(faults, fault)
		}
	}
	check(!followed && (w.inFlight[f.domain] > 0 || w.inFlight[f.ip] > 0), "several at once to a host")
	for _, key := range []string{f.domain, f.ip} {
		last, ok := w.last[key]
		check(!followed && ok && now.Sub(last) < time.Second, "less than a second after another to the host")
		w.inFlight[key]++
		w.last[key] = now
	}
	check(r.Header.Get("Cookie") != "", "cookies")
	check(r.Header.Get("Referer") != "", "referrers")
	check(r.URL.RawQuery != "", "query parameters")
	check(!strings.Contains(r.UserAgent(), "(+https://"), "no contact in User-Agent")
	check(!strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"), "no gzip")
	return faults
}

// note keeps the score of a request.
func (w *newsstand) note(r *http.Request, now time.Time, faults []string) {
	w.requests++
	if len(faults) > 0 {
		w.faulty++
	}
	for _, fault := range faults {
		w.counts[fault]++
		if w.examples[fault] == "" {
			w.examples[fault] = fmt.Sprintf("%s on day %d at %s", r.URL, w.day(), now.UTC().Format(time.TimeOnly))
		}
	}
}

// validators looks at the validators of a request.
func (f *scored) validators(r *http.Request, moved bool) (faults []string) {
	if f.moving && (!moved || f.found == 0) {
		return nil // a redirect gives no validators, and where it leads nothing was given yet
	}
	given := false
	for _, v := range []struct {
		header string
		given  []string
	}{{"If-None-Match", f.etags}, {"If-Modified-Since", f.dates}} {
		sent := r.Header[v.header]
		switch {
		case len(sent) == 0:
			given = given || len(v.given) > 0
			continue
		case len(v.given) == 0 || len(sent) > 1:
			faults = append(faults, v.header+" bogus")
		case sent[0] == v.given[len(v.given)-1]:
		case contains(v.given, sent[0]):
			faults = append(faults, v.header+" out of sequence")
		default:
			faults = append(faults, v.header+" bogus")
		}
	}
	if given {
		faults = append(faults, "unconditional")
	}
	return faults
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// sleeps is the hour that a feed does not want to be asked in.
func (f *scored) sleeps() (hour int, ever bool) { return f.pick("hour", 24), f.pick("sleeps", 10) == 0 }

// movesOn is the day on which a feed moves for good; negative for most.
func (f *scored) movesOn() int {
	if f.pick("moves", 30) == 0 {
		return 2 + f.pick("when it moves", 6)
	}
	return -1
}

// answer makes the answer, and remembers what it asks for.
func (w *newsstand) answer(f *scored, r *http.Request, moved bool, now time.Time) *http.Response {
	h := http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}
	respond := func(status int, body string) *http.Response {
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r, ProtoMajor: 1, ProtoMinor: 1}
	}
	day, hour := w.day(), 60*time.Minute
	trouble := f.pick(fmt.Sprint("trouble", day), 60)
	if on := f.movesOn(); on >= 0 && day >= on {
		if !moved {
			f.moving = true
			h.Set("Location", f.address+"-moved")
			return respond(http.StatusMovedPermanently, "")
		}
		if f.found++; f.found == 1 {
			f.foundSince = now
		}
		f.settled = f.found >= 5 && now.Sub(f.foundSince) >= 48*time.Hour
		trouble = 0 // quiet, so that the move settles
	}
	f.notBefore = now.Add(hour)
	switch {
	case f.pick("goes", 40) == 0 && day >= 15:
		f.gone = true
		return respond(http.StatusGone, "")
	case trouble == 1:
		h.Set("Retry-After", "7200")
		f.notBefore = now.Add(2 * hour)
		return respond(http.StatusServiceUnavailable, "")
	case trouble == 2:
		f.notBefore = now.Add(30 * hour).Truncate(time.Second)
		h.Set("Retry-After", f.notBefore.UTC().Format(http.TimeFormat))
		return respond(http.StatusTooManyRequests, "")
	case trouble == 3:
		return respond(http.StatusInternalServerError, "")
	case trouble == 4:
		h.Set("Cache-Control", "max-age=10800")
		f.notBefore = now.Add(3 * hour)
		return respond(http.StatusNotFound, "")
	}
	version := int(now.Sub(w.begin)/(24*hour)) / (1 + f.pick("changes", 9))
	ttl := f.hints(h, now)
	f.validate(h, version, now)
	if r.Header.Get("If-None-Match") != "" && r.Header.Get("If-None-Match") == h.Get("ETag") ||
		h.Get("ETag") == "" && r.Header.Get("If-Modified-Since") != "" && r.Header.Get("If-Modified-Since") == h.Get("Last-Modified") {
		return respond(http.StatusNotModified, "")
	}
	skip := ""
	f.told = true
	if hour, ever := f.sleeps(); ever {
		skip = fmt.Sprintf("<skipHours><hour>%d</hour></skipHours>", hour)
	}
	return respond(http.StatusOK, fmt.Sprintf(`<rss version="2.0"><channel><title>F</title><link>https://f.example/</link><description>d</description>%s%s<item><title>Story %d</title><guid>%s#%d</guid><description>Text</description></item></channel></rss>`,
		ttl, skip, version, f.address, version))
}

// hints sets what the feed asks for, in one of the ways that there are.
func (f *scored) hints(h http.Header, now time.Time) (ttl string) {
	wait := []time.Duration{0, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour}[f.pick("wait", 6)]
	asked := wait
	switch f.pick("hint", 4) {
	case 0:
		h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(wait.Seconds())))
	case 1:
		h.Set("Cache-Control", fmt.Sprintf("max-age=%d", int(wait.Seconds())))
		h.Set("Age", "600")
		asked -= 10 * time.Minute
	case 2:
		h.Set("Expires", now.Add(wait).UTC().Format(http.TimeFormat))
		asked = wait.Truncate(time.Second) - time.Second
	case 3:
		ttl = fmt.Sprintf("<ttl>%d</ttl>", int(wait.Minutes()))
	}
	f.notBefore = later(f.notBefore, now.Add(asked))
	return ttl
}

// validate sets the validators of a version. Some feeds have one, some both, some none, and
// some give another entity tag with every answer.
func (f *scored) validate(h http.Header, version int, now time.Time) {
	kind := f.pick("validators", 10)
	if kind < 7 {
		tag := fmt.Sprintf(`W/"%d-%d"`, f.n, version)
		if kind == 6 {
			tag = fmt.Sprintf(`"%d"`, now.UnixNano())
		}
		h.Set("ETag", tag)
		f.etags = append(f.etags, tag)
	} else {
		f.etags = nil
	}
	if kind < 5 || kind == 7 || kind == 8 {
		date := now.Add(-time.Duration(f.n) * time.Second).Truncate(24 * time.Hour).UTC().Format(http.TimeFormat)
		h.Set("Last-Modified", date)
		f.dates = append(f.dates, date)
	} else {
		f.dates = nil
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// connTo is a connection of which only the other end is known.
func connTo(ip string) net.Conn { return remote{addr: &net.TCPAddr{IP: net.ParseIP(ip), Port: 443}} }

type remote struct {
	net.Conn
	addr net.Addr
}

func (r remote) RemoteAddr() net.Addr { return r.addr }
