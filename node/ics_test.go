package node

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// feed makes an address at which a calendar reads, and returns its path.
func (d *door) feed(mine bool) string {
	d.Helper()
	opened := must[api.FeedOpened](d.T)(d.client().OpenFeed(d.Context(), mine))
	path, ok := strings.CutPrefix(opened.Address, "http://"+d.host)
	if !ok {
		d.Fatalf("the address %s is not at %s", opened.Address, d.host)
	}
	return path
}

// An address at which a calendar reads opens that and nothing else, and only
// to what asks as a calendar does.
func TestCalendarFeedsOpenNothingElse(t *testing.T) {
	both(t, func(d *door, fetch string) {
		must[api.Made](t)(d.node.New(t.Context(), none, api.Draft{Kind: "gathering", Title: "Proofing night", Fields: map[string]any{
			"start": "2026-05-14T18:00", "tz": "Europe/Berlin", "rrule": "FREQ=WEEKLY;BYDAY=TH"}}))
		path := d.feed(false)
		token := strings.TrimSuffix(strings.TrimPrefix(path, "/ics/"), ".ics")
		if len(token) != 43 {
			t.Fatalf("the token %q has no 256 bits", token)
		}
		got := d.ask("GET", path, fetch, "")
		if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/calendar") || !strings.Contains(got.body, "SUMMARY:Proofing night\r\n") {
			t.Errorf("a calendar reads %d %v %s", got.status, got.header, got.body)
		}
		if got := d.ask("HEAD", path, fetch, ""); got.status != 200 {
			t.Errorf("HEAD: %d", got.status)
		}
		nothing := d.ask("GET", "/nothing", fetch, "")
		for _, wrong := range []string{
			"/ics/", "/ics/.ics", "/ics/" + token, "/ics/" + token[:42] + ".ics", "/ics/" + token + "A.ics", "/ics/" + strings.ToUpper(token) + ".ics",
			"/ics/" + token + ".ics/", "/ics//" + token + ".ics", "/ics/../v1/status", "/ics/" + token + ".ics/../../v1/status", "/ics/%00.ics",
		} {
			got := d.ask("GET", wrong, fetch, "")
			d.want(wrong, got, 404, 400)
			if got.status == 404 && got.body != nothing.body {
				t.Errorf("%s: what is wrong can be told from what is not there: %q", wrong, got.body)
			}
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			d.want(method, d.ask(method, path, fetch, ""), 404)
		}
		for name, from := range map[string]string{
			"cross-site": "Sec-Fetch-Site: cross-site\r\n", "another port": "Sec-Fetch-Site: same-site\r\nOrigin: http://127.0.0.1:1\r\n", "old browser": "Origin: https://evil.example\r\n",
		} {
			d.want(name, d.ask("GET", path, from, ""), 403)
		}
		d.want("another name", d.send("GET "+path+" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n"+fetch+"\r\n"), 403)
		// The token lets nobody into anything else, and no page makes one.
		for _, as := range []string{"Authorization: Bearer " + token + "\r\n", "Cookie: token=" + token + "\r\n"} {
			d.want("status as "+as, d.ask("GET", "/v1/status", fetch+as, ""), 401)
		}
		d.want("a code", d.ask("POST", "/v1/session", fetch, `{"code":"`+token+`"}`), 401)
		page := d.enter()
		for _, method := range []string{"POST", "DELETE"} {
			d.want(method+" by a page", d.ask(method, "/v1/feeds", fetch+page, ""), 404)
		}
		if got := d.ask("GET", "/ics/"+strings.TrimSpace(strings.TrimPrefix(page, "Authorization: Bearer "))+".ics", fetch, ""); got.status != 404 {
			t.Errorf("a page's token opens a calendar: %d", got.status)
		}
		mine := d.feed(true)
		if ended := must[api.FeedsEnded](t)(d.client().EndFeeds(t.Context())); ended.Feeds != 2 {
			t.Errorf("%d ended", ended.Feeds)
		}
		for _, path := range []string{path, mine} {
			d.want("after it is ended", d.ask("GET", path, fetch, ""), 404)
		}
	})
}

// An address stays when the node restarts, and what lies in the home and in
// the log opens nothing.
func TestCalendarFeedsStay(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	var log bytes.Buffer
	loud := func(cfg *Config) {
		cfg.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	n := w.up(home, loud)
	w.found(n)
	d, stop := serveDoor(t, n)
	path := d.feed(false)
	if got := d.ask("GET", path, "", ""); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	stop()
	again, end := serveDoor(t, w.up(home, loud))
	if got := again.ask("GET", path, "", ""); got.status != 200 || !strings.Contains(got.body, "BEGIN:VCALENDAR") {
		t.Errorf("after a restart: %d %s", got.status, got.body)
	}
	end()
	token := strings.TrimSuffix(strings.TrimPrefix(path, "/ics/"), ".ics")
	if strings.Contains(log.String(), token) {
		t.Error("the log tells the token")
	}
	err := filepath.WalkDir(home, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(token)) {
			t.Errorf("%s holds the token", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
