package api

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

// What strict lets through means one thing, and goes through a decoder.
func FuzzStrict(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1,"b":[{"a":2},{"a":3}]}`, `{"a":1,"A":2}`, `[]`, `"x"`, `{"a":{"a":{"a":1}}}`, `{"a":1}x`, ``, ` `, `{"a"`, `[[[[`, `{"é":1,"É":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if strict(raw) != nil || len(strings.TrimSpace(string(raw))) == 0 {
			return
		}
		if !json.Valid(raw) {
			t.Errorf("%q is no JSON", raw)
		}
	})
}

func TestStrict(t *testing.T) {
	for raw, fine := range map[string]bool{
		``: true, `{}`: true, `[1,"a",null,true,{"a":[]}]`: true, `{"a":{"x":1},"b":{"x":1}}`: true, `[{"a":1},{"a":1}]`: true, `{"a":"a","b":"a"}`: true,
		`{"a":1,"a":1}`: false, `{"a":1,"b":{},"A":1}`: false, `{"a":[{"b":1,"c":[],"b":2}]}`: false, `{"k":1,"` + "\u212a" + `":1}`: false,
		`{"s":1,"` + "\u017f" + `":1}`: false, `{} {}`: false, `{`: false, `x`: false,
		strings.Repeat("[", mostNested) + strings.Repeat("]", mostNested):     true,
		strings.Repeat("[", mostNested+1) + strings.Repeat("]", mostNested+1): false,
	} {
		if err := strict([]byte(raw)); (err == nil) != fine {
			t.Errorf("%.60q: %v", raw, err)
		}
	}
}

// FuzzBrowser sends whatever request: without a token nothing below /v1 is
// anything but a refusal.
func FuzzBrowser(f *testing.F) {
	f.Add("GET", "/v1/status", "Bearer x", "")
	f.Add("POST", "/v1/session", "", `{"code":"AAAAAAAAAAAAAAAAAAAAAAAAAA"}`)
	f.Add("GET", "/v1/events", "", "")
	f.Add("PUT", "/v1/documents/../status", "Bearer ", "x")
	door := NewDoors(&fake{}, "http://127.0.0.1:1/", NewFeed()).Browser()
	f.Fuzz(func(t *testing.T, method, path, authorization, body string) {
		defer func() {
			if r := recover(); r != nil && !strings.Contains(asText(r), "NewRequest") {
				panic(r)
			}
		}()
		r := httptest.NewRequest(method, path, strings.NewReader(body)) // panics on what no server parses
		r.Header.Set("Authorization", authorization)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code < 400 {
			t.Errorf("%s %s with %q and %q: %d %s", method, path, authorization, body, w.Code, w.Body)
		}
	})
}

func asText(v any) string {
	if err, is := v.(error); is {
		return err.Error()
	}
	s, _ := v.(string)
	return s
}

func TestPicture(t *testing.T) {
	p, err := picture(Picturing{"coppice:join/" + strings.Repeat("0123456789abcdefghjkmnpqrstvwxyz", 10)})
	if err != nil || p.Size != len(p.Rows) || p.Size < 21 {
		t.Fatal(p, err)
	}
	for _, row := range p.Rows {
		if len(row) != p.Size || strings.Trim(row, "01") != "" {
			t.Fatalf("a row is %q", row)
		}
	}
	// The finder in three corners: seven dark modules (ISO/IEC 18004 6.3.3).
	if !strings.HasPrefix(p.Rows[0], "11111110") || !strings.HasSuffix(p.Rows[0], "01111111") || !strings.HasPrefix(p.Rows[p.Size-1], "11111110") {
		t.Errorf("%s ... %s", p.Rows[0], p.Rows[p.Size-1])
	}
	for _, text := range []string{"", "https://evil.example", "coppice:", "javascript:x"} {
		if _, err := picture(Picturing{text}); err == nil {
			t.Errorf("%q is drawn", text)
		}
	}
}
