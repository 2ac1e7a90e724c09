package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"coppice.example/node/api"
)

// door is a running node and a raw socket's view of its pages' door.
type door struct {
	*testing.T
	node *Node
	host string // 127.0.0.1:PORT
}

// asBrowser are the two ways to ask: as what says where it comes from, and as
// what is too old to say, or says nothing.
var asBrowser = map[string]string{
	"with Sec-Fetch":    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n",
	"without Sec-Fetch": "",
}

func openDoor(t *testing.T) *door {
	t.Helper()
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	d, _ := serveDoor(t, n)
	return d
}

// serveDoor serves a node's callers until the test or stop ends it.
func serveDoor(t *testing.T, n *Node) (d *door, stop func()) {
	done := make(chan error, 1)
	go func() { done <- n.Run(context.Background()) }()
	stop = sync.OnceFunc(func() {
		n.end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return &door{t, n, strings.TrimSuffix(strings.TrimPrefix(n.web.URL(), "http://"), "/")}, stop
}

// answer is what came back: zero when the connection was closed without one.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends bytes as they are, over a socket of its own.
func (d *door) send(request string) answer {
	d.Helper()
	conn, err := net.Dial("tcp", d.host)
	if err != nil {
		d.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		d.Fatal(err)
	}
	_, _ = io.WriteString(conn, request) // a server that refuses early may close
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return answer{}
	}
	body, _ := io.ReadAll(got.Body)
	return answer{got.StatusCode, got.Header, string(body)}
}

// ask sends a request with a Host that is right, more headers ("A: b\r\n") and
// a body if there is one.
func (d *door) ask(method, path, headers, body string) answer {
	d.Helper()
	if body != "" {
		headers += fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	return d.send(method + " " + path + " HTTP/1.1\r\nHost: " + d.host + "\r\nConnection: close\r\n" + headers + "\r\n" + body)
}

// code asks the socket for a one-time code, as `coppice open` does.
func (d *door) code() string {
	d.Helper()
	opened := must[api.Opened](d.T)(d.client().Open(d.Context()))
	_, code, _ := strings.Cut(opened.Address, "#")
	return code
}

func (d *door) client() *api.Client {
	d.Helper()
	c := must[*api.Client](d.T)(api.Dial(d.node.home.dir))
	d.Cleanup(c.Close)
	return c
}

// swap gives a code for a token; "" when it is refused.
func (d *door) swap(code string) string {
	d.Helper()
	got := d.ask("POST", "/v1/session", "", `{"code":"`+code+`"}`)
	var entered api.Entered
	_ = json.Unmarshal([]byte(got.body), &entered)
	if (got.status == 200) != (entered.Token != "") {
		d.Errorf("swapping a code: %d %s", got.status, got.body)
	}
	return entered.Token
}

// enter returns the header of a page that is let in.
func (d *door) enter() string {
	d.Helper()
	token := d.swap(d.code())
	if token == "" {
		d.Fatal("a fresh code is refused")
	}
	return "Authorization: Bearer " + token + "\r\n"
}

// tells fails when an answer says anything of the node.
func (d *door) tells(what string, a answer) {
	d.Helper()
	for _, secret := range []string{"Bakers", "bread", "Ana", d.node.net.id(), d.node.opened()[0].id.String()} {
		if strings.Contains(a.body, secret) || strings.Contains(fmt.Sprint(a.header), secret) {
			d.Errorf("%s: the answer tells %q: %s", what, secret, a.body)
		}
	}
	for _, name := range []string{"Server", "Set-Cookie", "Access-Control-Allow-Origin", "Access-Control-Allow-Headers"} {
		if a.header.Get(name) != "" {
			d.Errorf("%s: the answer has %s", what, name)
		}
	}
}

// want fails unless the answer has one of the statuses, and when it tells.
func (d *door) want(what string, a answer, statuses ...int) {
	d.Helper()
	d.tells(what, a)
	for _, s := range statuses {
		if a.status == s {
			return
		}
	}
	d.Errorf("%s: %d %.200s, not %v", what, a.status, a.body, statuses)
}

// both runs a test once as a browser that says where a request comes from and
// once as one that does not.
func both(t *testing.T, f func(d *door, fetch string)) {
	for name, fetch := range asBrowser {
		t.Run(name, func(t *testing.T) { f(openDoor(t), fetch) })
	}
}

func TestL1RebindingL2HostsL8OtherAddresses(t *testing.T) {
	both(t, func(d *door, fetch string) {
		token := d.enter()
		port := d.node.web.Port()
		for _, host := range []string{
			"evil.example", "evil.example:" + port, "", d.host + "@evil.example", "127.0.0.1.:" + port, "localhost.:" + port,
			"localhost", "0.0.0.0:" + port, "[::]:" + port, "[::1]:" + port, "127.0.0.2:" + port, "127.1:" + port, "2130706433:" + port,
			"192.168.1.7:" + port, d.host + ".evil.example", "LOCALHOST.evil.example:" + port, d.host + " ", "127.0.0.1:0" + port,
		} {
			for _, path := range []string{"/", "/v1/status", "/v1/session", "/v1/events"} {
				got := d.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + fetch + token + "\r\n")
				if host == d.host+" " { // blanks around a value are not part of it (RFC 9110 5.5)
					continue
				}
				d.want("Host: "+host+", "+path, got, 403, 400)
			}
		}
		for name, request := range map[string]string{
			"absent":     "GET /v1/status HTTP/1.1\r\n" + token + "\r\n",
			"absent 1.0": "GET /v1/status HTTP/1.0\r\n" + token + "\r\n",
			"twice":      "GET /v1/status HTTP/1.1\r\nHost: " + d.host + "\r\nHost: " + d.host + "\r\n" + token + "\r\n",
			"absolute":   "GET http://evil.example/v1/status HTTP/1.1\r\nHost: " + d.host + "\r\nConnection: close\r\n" + token + "\r\n",
			"forwarded":  "GET /v1/status HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: " + d.host + "\r\nConnection: close\r\n" + token + "\r\n",
		} {
			d.want(name, d.send(request), 403, 400)
		}
	})
}

func TestL3FormsL4FetchesL5ImagesL9OtherPorts(t *testing.T) {
	d := openDoor(t)
	token := d.enter()
	port := d.node.web.Port()
	for name, from := range map[string]string{
		"cross-site form":       "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nOrigin: https://evil.example\r\n",
		"cross-site no-cors":    "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n",
		"another port":          "Sec-Fetch-Site: same-site\r\nOrigin: http://127.0.0.1:1\r\n",
		"another name":          "Sec-Fetch-Site: same-site\r\nOrigin: http://localhost:1\r\n",
		"old browser, form":     "Origin: https://evil.example\r\n",
		"old browser, port":     "Origin: http://127.0.0.1:1\r\n",
		"old browser, name":     "Origin: http://localhost.:" + port + "\r\n",
		"image":                 "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: image\r\n",
		"script":                "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: script\r\n",
		"says two things":       "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n",
		"two origins":           "Origin: http://" + d.host + "\r\nOrigin: https://evil.example\r\n",
		"https of the same":     "Origin: https://" + d.host + "\r\n",
		"null":                  "Origin: null\r\n",
		"null, says none":       "Sec-Fetch-Site: none\r\nOrigin: null\r\n",
		"credentials in origin": "Origin: http://u:p@" + d.host + "\r\n",
	} {
		for _, with := range []string{"", token, "Cookie: token=" + token[22:]} {
			for _, path := range []string{"/", "/v1/status", "/v1/documents", "/v1/session", "/v1/nothing"} {
				for _, method := range []string{"GET", "POST"} {
					got := d.send(method + " " + path + " HTTP/1.1\r\nHost: " + d.host + "\r\nConnection: close\r\n" + from + with +
						"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}")
					d.want(name+" "+method+" "+path, got, 403)
					if got.body != "forbidden\n" {
						d.Errorf("%s: what there is and what is not can be told apart: %q", name, got.body)
					}
				}
			}
		}
	}
	// What says nothing and has no token learns nothing either, and a form
	// cannot say what JSON needs said.
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""} {
		request := "POST /v1/documents HTTP/1.1\r\nHost: " + d.host + "\r\nConnection: close\r\nContent-Length: 30\r\n"
		body := "\r\n" + `{"kind":"way","title":"stolen"}`
		d.want("no token", d.send(request+"Content-Type: "+kind+"\r\n"+body), 401)
		d.want("with a token", d.send(request+"Content-Type: "+kind+"\r\n"+token+body), 400)
	}
	items := must[api.Items](t)(d.node.List(t.Context(), none, api.Listing{Filter: api.Filter{Kind: "way"}}))
	if len(items.Items) > 0 {
		t.Error("something was written:", items.Items)
	}
}

func TestL6FramesAndOpeners(t *testing.T) {
	both(t, func(d *door, fetch string) {
		for _, path := range []string{"/", "/item/x", "/v1/status", "/nothing"} {
			h := d.ask("GET", path, fetch, "").header
			if !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("X-Frame-Options") != "DENY" ||
				h.Get("Cross-Origin-Opener-Policy") != "same-origin" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				d.Errorf("%s may be framed or reached: %v", path, h)
			}
		}
	})
}

func TestL10CodesAndTokens(t *testing.T) {
	both(t, func(d *door, fetch string) {
		code := d.code()
		for _, wrong := range []string{"", "x", code[:25], code + "A", strings.ToLower(code), strings.Repeat("A", 26)} {
			d.want("a wrong code", d.ask("POST", "/v1/session", fetch, `{"code":"`+wrong+`"}`), 401)
		}
		for _, path := range []string{"/v1/session?code=" + code, "/?code=" + code, "/v1/status?token=" + code} {
			if got := d.ask("POST", path, fetch, ""); got.status == 200 {
				d.Errorf("a code in an address is taken: %s", path)
			}
		}
		token := d.swap(code)
		if len(token) != 43 {
			d.Fatalf("the token %q has no 256 bits", token)
		}
		d.want("a used code", d.ask("POST", "/v1/session", fetch, `{"code":"`+code+`"}`), 401)
		for _, wrong := range []string{
			"", "Authorization: Bearer \r\n", "Authorization: Bearer " + code + "\r\n", "Authorization: " + token + "\r\n",
			"Authorization: Bearer " + token[:42] + "\r\n", "Authorization: Bearer " + token + "A\r\n", "Authorization: Basic " + token + "\r\n",
			"Cookie: token=" + token + "\r\n", "Cookie: Authorization=Bearer " + token + "\r\n", "X-Token: " + token + "\r\n",
			"Authorization: Bearer x\r\nAuthorization: Bearer " + token + "\r\n",
		} {
			d.want("as "+wrong, d.ask("GET", "/v1/status", fetch+wrong, ""), 401)
			d.want("as "+wrong, d.ask("GET", "/v1/status?token="+token+"&access_token="+token, fetch+wrong, ""), 401)
		}
		if got := d.ask("GET", "/v1/status", fetch+"Authorization: Bearer "+token+"\r\n", ""); got.status != 200 || !strings.Contains(got.body, "Bakers") {
			d.Errorf("a page that was let in: %d %s", got.status, got.body)
		}
		if got := d.ask("GET", "/", fetch, ""); got.header.Get("Referrer-Policy") != "no-referrer" || got.header.Get("Cache-Control") != "no-store" {
			d.Error("what opens the pages could leave by a referrer or a cache")
		}
	})
}

func TestL11SessionsEnd(t *testing.T) {
	both(t, func(d *door, fetch string) {
		mine, other := d.enter(), d.enter()
		d.want("leaving", d.ask("DELETE", "/v1/session", fetch+mine, ""), 200)
		d.want("after leaving", d.ask("GET", "/v1/status", fetch+mine, ""), 401)
		if got := d.ask("GET", "/v1/status", fetch+other, ""); got.status != 200 {
			d.Errorf("another page was shut out too: %d", got.status)
		}
		waiting := d.code()
		if shut := must[api.Closed](d.T)(d.client().ShutOut(d.Context())); shut.Sessions != 1 {
			d.Error(shut)
		}
		d.want("after coppice open --revoke", d.ask("GET", "/v1/status", fetch+other, ""), 401)
		d.want("a code from before", d.ask("POST", "/v1/session", fetch, `{"code":"`+waiting+`"}`), 401)
		// A page cannot let in another, or outlive its session so.
		third := d.enter()
		for _, act := range []string{"POST /v1/codes", "DELETE /v1/sessions"} {
			method, path, _ := strings.Cut(act, " ")
			d.want(act, d.ask(method, path, fetch+third, ""), 404)
		}
	})
}

func TestL11SessionsEndWithTheNode(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	n := w.up(home)
	w.found(n)
	d, stop := serveDoor(t, n)
	code, token := d.code(), d.enter()
	stop()
	again, _ := serveDoor(t, w.up(home))
	if again.host != d.host {
		t.Errorf("the pages moved from %s to %s", d.host, again.host)
	}
	again.want("a token of an earlier run", again.ask("GET", "/v1/status", token, ""), 401)
	again.want("a code of an earlier run", again.ask("POST", "/v1/session", "", `{"code":"`+code+`"}`), 401)
}

func TestL12Preflights(t *testing.T) {
	d := openDoor(t)
	token := d.enter()
	for _, from := range []string{
		"Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n", "Origin: null\r\nSec-Fetch-Site: cross-site\r\n",
		"Origin: https://evil.example\r\n", "Origin: null\r\n",
	} {
		got := d.ask("OPTIONS", "/v1/status", from+"Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\n", "")
		d.want("preflight "+from, got, 403)
	}
	for _, headers := range []string{"", token} { // its own page needs none, and gets none
		for name := range d.ask("OPTIONS", "/v1/status", headers+"Origin: http://"+d.host+"\r\nAccess-Control-Request-Method: GET\r\n", "").header {
			if strings.HasPrefix(name, "Access-Control-") {
				d.Errorf("it speaks CORS: %s", name)
			}
		}
	}
}

func TestL13SmuggledHugeAndSlow(t *testing.T) {
	both(t, func(d *door, fetch string) {
		token := d.enter()
		start := "POST /v1/documents HTTP/1.1\r\nHost: " + d.host + "\r\n" + fetch + token
		hidden := "GET /v1/home HTTP/1.1\r\nHost: " + d.host + "\r\n" + token + "\r\n"
		for name, request := range map[string]string{
			"two lengths":        start + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + hidden,
			"length and chunks":  start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
			"unknown encoding":   start + "Transfer-Encoding: xchunked\r\n\r\n" + hidden,
			"negative length":    start + "Content-Length: -1\r\n\r\n",
			"a space in a name":  start + "Content-Length : 5\r\n\r\nhello",
			"a folded header":    start + "X: a\r\n b\r\n\r\n",
			"a line feed in one": "GET /\nX: y HTTP/1.1\r\nHost: " + d.host + "\r\n\r\n",
			"huge header":        start + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n",
			"many headers":       start + strings.Repeat("X: yyyyyyyyyyyyyyyy\r\n", 4<<10) + "\r\n",
			"huge path":          "GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\nHost: " + d.host + "\r\n\r\n",
			"a body of a GiB":    start + "Content-Type: application/json\r\nContent-Length: 1073741824\r\nConnection: close\r\n\r\n" + strings.Repeat("x", 9<<20),
		} {
			got := d.send(request)
			if got.status == 200 || got.status == 101 {
				d.Errorf("%s: %d %s", name, got.status, got.body)
			}
			d.tells(name, got)
		}
		// Without a token a body is not even waited for.
		conn := must[net.Conn](d.T)(net.Dial("tcp", d.host))
		defer conn.Close()
		fmt.Fprintf(conn, "POST /v1/documents HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", d.host)
		_ = conn.SetDeadline(time.Now().Add(patience))
		got, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || got.StatusCode != 401 {
			d.Errorf("a slow body without a token: %v %v", got, err)
		}
	})
}

// However many connect and say nothing, the socket is not concerned, and once
// they are gone pages are served again.
func TestL13TenThousandConnections(t *testing.T) {
	d := openDoor(t)
	var held []net.Conn
	for range 10_000 {
		conn, err := net.Dial("tcp", d.host)
		switch {
		case err != nil: // no room in the system's queue
		case len(held) < 400: // more than there are seats
			held = append(held, conn)
		default:
			_ = conn.Close()
		}
	}
	if _, err := d.client().Status(t.Context()); err != nil {
		t.Error(err)
	}
	for _, c := range held {
		_ = c.Close()
	}
	for deadline := time.Now().Add(patience); ; {
		if got := d.ask("GET", "/", "", ""); got.status == 200 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("pages are not served any more")
		}
	}
}

func TestL14Paths(t *testing.T) {
	both(t, func(d *door, fetch string) {
		token := d.enter()
		for _, path := range []string{
			"/../go.mod", "/..%2f..%2fetc/passwd", "/assets/..%2f..%2fpage.go", "/%2e%2e/%2e%2e/etc/passwd", "/assets/%00index.html", "/index.html%00.js",
			"/..\\..\\windows\\win.ini", "/assets/..%5c..%5cpage.go", "/C:/windows/win.ini", "/CON", "/assets/NUL.js", "/aux.css", "//etc/passwd",
			"/assets//x.js", "/.gitkeep", "/assets/.gitkeep", "/dist/index.html", "/index.html", "/item/../../x", "/item/%2e%2e", "/v1", "/local/incarnation",
		} {
			d.want(path, d.ask("GET", path, fetch, ""), 404, 400)
		}
		for _, path := range []string{"/v1/../v1/status", "/v1//status", "/v1/status/", "/v1/./status", "/v1/documents/..%2f..%2fstatus", "/v1/%2e%2e/status", "/v1/documents/%00", "/v1/documents/..%5c..%5cstatus"} {
			d.want(path+" without a token", d.ask("GET", path, fetch, ""), 401)
			d.want(path, d.ask("GET", path, fetch+token, ""), 404, 400)
		}
	})
}

func TestL15Methods(t *testing.T) {
	both(t, func(d *door, fetch string) {
		token := d.enter()
		way := must[api.Made](d.T)(d.node.New(d.Context(), none, api.Draft{Kind: "way", Title: "Rest", Body: "long"})).ID
		before := must[api.StateHash](d.T)(d.node.StateHash(d.Context(), none))
		for _, method := range []string{"HEAD", "OPTIONS", "TRACE", "CONNECT", "PATCH", "GET", "PROPFIND"} {
			for _, path := range []string{"/v1/documents/" + way + "/text", "/v1/down", "/v1/communities", "/v1/rebuild", "/v1/documents"} {
				got := d.ask(method, path, fetch+token+"X-HTTP-Method-Override: PUT\r\nX-HTTP-Method: POST\r\nX-Method-Override: DELETE\r\n", "")
				if got.status == 200 && (method != "GET" && method != "HEAD" || path != "/v1/documents") {
					d.Errorf("%s %s: %d %s", method, path, got.status, got.body)
				}
			}
		}
		d.want("override in the query", d.ask("GET", "/v1/down?_method=POST", fetch+token, ""), 404, 405)
		if after := must[api.StateHash](d.T)(d.node.StateHash(d.Context(), none)); after != before {
			d.Errorf("something was done: %+v, before %+v", after, before)
		}
	})
}

func TestL16JSON(t *testing.T) {
	both(t, func(d *door, fetch string) {
		token := d.enter()
		for name, body := range map[string]string{
			"twice":            `{"kind":"way","title":"a","title":"b"}`,
			"twice, folded":    `{"kind":"way","title":"a","TITLE":"b"}`,
			"twice, Kelvin":    `{"kind":"way","title":"a","\u212Aind":"story"}`,
			"twice, escaped":   `{"kind":"way","title":"a","t\u0069tle":"b"}`,
			"folded":           `{"kind":"way","Title":"a"}`,
			"unknown":          `{"kind":"way","title":"a","admin":true}`,
			"proto":            `{"kind":"way","title":"a","__proto__":{"x":1}}`,
			"deep":             `{"kind":"way","title":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`,
			"deep and broken":  strings.Repeat(`{"a":`, 100_000),
			"NaN":              `{"kind":"way","title":NaN}`,
			"Infinity":         `{"kind":"way","title":"a","areas":[Infinity]}`,
			"huge number":      `{"uses":1e400}`,
			"two values":       `{"kind":"way","title":"a"}{"kind":"way","title":"b"}`,
			"a comment":        `{"kind":"way",/* */"title":"a"}`,
			"a byte order":     "\ufeff" + `{"kind":"way","title":"a"}`,
			"no UTF-8":         `{"kind":"way","title":"` + "\xc3\x28" + `"}`,
			"a lone surrogate": `{"kind":"way","title":"\u0000"}`,
			"an array":         `[{"kind":"way","title":"a"}]`,
			"null":             `null`,
			"a number":         `7`,
			"a key of a MiB":   `{"` + strings.Repeat("k", 1<<20) + `":1}`,
		} {
			path := "/v1/documents"
			if name == "huge number" {
				path = "/v1/invites"
			}
			d.want(name, d.ask("POST", path, fetch+token, body), 400, 413, 422)
		}
		if items := must[api.Items](d.T)(d.node.List(d.Context(), none, api.Listing{Filter: api.Filter{Kind: "way"}})); len(items.Items) > 0 {
			d.Error("something was taken:", items.Items)
		}
	})
}

func TestL17OtherUsers(t *testing.T) {
	d := openDoor(t)
	code := d.code()
	token := d.swap(d.code())
	dir := d.node.home.dir
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return nil // gone meanwhile
		}
		if path == dir && info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		if info.Mode()&os.ModeSocket != 0 && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		if info.Mode().IsRegular() {
			if raw, err := os.ReadFile(path); err == nil && (bytes.Contains(raw, []byte(code)) || bytes.Contains(raw, []byte(token))) {
				t.Errorf("%s holds a code or a token", path)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	// A browser has no business at the socket, whatever it carries.
	socket := must[string](t)(api.SocketPath(dir))
	for _, header := range []string{"Origin: http://" + d.host, "Referer: http://" + d.host + "/", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"} {
		for _, path := range []string{"/v1/status", "/v1/codes", "/v1/events"} {
			conn := must[net.Conn](t)(net.Dial("unix", socket))
			fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: coppice\r\nConnection: close\r\n%s\r\nAuthorization: Bearer %s\r\n\r\n", path, header, token)
			got, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || got.StatusCode != 403 {
				t.Errorf("%s at the socket with %s: %v %v", path, header, got, err)
			}
			_ = conn.Close()
		}
	}
}

func TestL19ServiceWorkers(t *testing.T) {
	both(t, func(d *door, fetch string) {
		for _, path := range []string{"/", "/assets/x.js", "/v1/documents"} {
			d.want("a service worker from "+path, d.ask("GET", path, fetch+"Service-Worker: script\r\n", ""), 404, 401)
		}
		csp := d.ask("GET", "/", fetch, "").header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "worker-src") {
			d.Errorf("workers may come from somewhere: %s", csp)
		}
	})
}

func TestL20NothingWithoutAToken(t *testing.T) {
	both(t, func(d *door, fetch string) {
		for _, path := range []string{
			"/debug/pprof/", "/debug/vars", "/metrics", "/version", "/healthz", "/openapi.json", "/openapi.yaml", "/docs", "/schemas/Status.json", "/favicon.ico", "/robots.txt", "/.well-known/x",
		} {
			d.want(path, d.ask("GET", path, fetch, ""), 404)
		}
		first := ""
		for _, path := range []string{"/v1/openapi.json", "/v1/status", "/v1/debug/state-hash", "/v1/nothing", "/v1/debug/pprof/", "/v1/metrics", "/v1/events", "/v1/"} {
			got := d.ask("GET", path, fetch, "")
			d.want(path, got, 401)
			if first == "" {
				first = got.body
			}
			if got.body != first {
				d.Errorf("%s: what there is can be told from what is not: %s", path, got.body)
			}
		}
		token := d.enter()
		if got := d.ask("GET", "/v1/openapi.json", fetch+token, ""); got.status != 200 || !strings.Contains(got.body, `"openapi"`) {
			d.Errorf("with a token: %d %.100s", got.status, got.body)
		}
		for _, path := range []string{"/debug/pprof/", "/metrics", "/version", "/openapi.json"} {
			d.want(path+" with a token", d.ask("GET", path, fetch+token, ""), 404)
		}
	})
}
