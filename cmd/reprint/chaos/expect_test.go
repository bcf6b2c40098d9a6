package chaos

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// send sends a request; the status of what is not answered is 0.
func send(request *http.Request) answer {
	client := http.Client{Timeout: answerTime}
	response, err := client.Do(request)
	if err != nil {
		return answer{}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}
	}
	return answer{response.StatusCode, response.Header.Get("Retry-After"), body}
}

// withholds waits until a server says that it answers with no items, and why, and looks at everything that it answers then:
// it may be asked again, and goes on with what holds no items.
func (s *scene) withholds(server *server) {
	t := s.t
	t.Helper()
	public := "http://" + server.public
	withheld := []int{http.StatusServiceUnavailable}
	waitFor(t, "server "+server.name+" says on /readyz that it withholds all items", 3*leaseTime+wellWithin/2, func() bool {
		ready := s.ask("http://"+server.admin+"/readyz", false)
		return ready.status == http.StatusServiceUnavailable && strings.Contains(string(ready.body), "no items are served, because")
	})
	var all sync.WaitGroup
	for _, asPartner := range []bool{false, true} {
		for _, path := range s.documents(asPartner) {
			all.Go(func() {
				if a := s.ask(public+path, asPartner); !slices.Contains(withheld, a.status) || a.retryAfter == "" {
					t.Errorf("server %s does not hear the store and answers %d for %s (partner %v), Retry-After %q", server.name, a.status, path, asPartner, a.retryAfter)
				}
			})
		}
	}
	all.Wait()
	for _, path := range []string{"/", "/licenses/open", "/feeds.opml", "/healthz"} {
		if a := s.ask(public+path, false); a.status != http.StatusOK {
			t.Errorf("server %s answers %d for %s, which holds no items", server.name, a.status, path)
		}
	}
}

// serves waits until a server answers with items.
func (s *scene) serves(server *server) {
	s.t.Helper()
	waitFor(s.t, "server "+server.name+" answers with items", wellWithin, func() bool {
		return s.ask("http://"+server.public+"/feeds/top.json", false).status == http.StatusOK && s.ask("http://"+server.public+"/partner/changes", true).status == http.StatusOK
	})
}
