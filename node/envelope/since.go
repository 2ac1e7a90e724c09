package envelope

import "reflect"

// Merge sets into what a text says now what became of a base of it.
type Merge func(base, now, wanted string) (string, error)

// Since returns what takes into a document that reads as now what became of
// base in this page: fields that read as they did in base stay as they are now,
// so that nobody's words are undone by a file that is older than they. Errors
// are those of merge.
func (p *Page) Since(base, now *Page, s *Schema, merge Merge) (intents []Intent, err error) {
	text := func(field string, was, is, wanted string) {
		if wanted == was || err != nil {
			return
		}
		var merged string
		if merged, err = merge(was, is, wanted); merged != is {
			intents = append(intents, Intent{Field: field, Verb: DoText, Value: merged})
		}
	}
	if p.Title != base.Title && p.Title != "" {
		intents = append(intents, Intent{Field: s.Field(Title).Name, Verb: DoSet, Value: p.Title})
	}
	text(s.Field(s.Body).Name, base.Body, now.Body, p.Body)
	if p.Extra != "" { // a key that is missing changes nothing
		text(s.Field(Extra).Name, base.Extra, now.Extra, p.Extra)
	}
	if p.tells {
		text(s.Field(Elsewhere).Name, base.Elsewhere, now.Elsewhere, p.Elsewhere)
	}
	for _, in := range p.Fields {
		f := s.Named(in.Field)
		if f == nil || !s.told(f) {
			continue
		}
		was, is := base.says(in.Field), now.says(in.Field)
		switch {
		case reflect.DeepEqual(was, in.Value):
		case f.Type.Text():
			wanted, _ := in.Value.(string)
			text(in.Field, saidIn(was), saidIn(is), wanted)
		case f.Type == Set && !reflect.DeepEqual(was, is):
			intents = append(intents, differing(in, was)...)
		default:
			intents = append(intents, in)
		}
	}
	return intents, err
}

// Adds returns what adds to a document that reads as now what this page has
// besides: values of its sets, and registers and texts that are empty there.
func (p *Page) Adds(now *Page, s *Schema) (intents []Intent) {
	for _, in := range p.Fields {
		f, is := s.Named(in.Field), now.says(in.Field)
		switch {
		case f == nil || !s.told(f):
		case f.Type == Set:
			for _, v := range several(in.Value) {
				if !holds(several(is), v) {
					intents = append(intents, Intent{Field: in.Field, Verb: DoAdd, Value: v})
				}
			}
		case is == nil:
			intents = append(intents, in)
		}
	}
	return intents
}

func (p *Page) says(field string) any {
	for _, in := range p.Fields {
		if in.Field == field {
			return in.Value
		}
	}
	return nil
}

func saidIn(v any) string {
	s, _ := v.(string)
	return s
}

// differing returns what drops of a set what the page does not name any more,
// and adds what it names besides.
func differing(in Intent, was any) (intents []Intent) {
	had, wants := several(was), several(in.Value)
	for _, v := range had {
		if !holds(wants, v) {
			intents = append(intents, Intent{Field: in.Field, Verb: DoDrop, Value: v})
		}
	}
	for _, v := range wants {
		if !holds(had, v) {
			intents = append(intents, Intent{Field: in.Field, Verb: DoAdd, Value: v})
		}
	}
	return intents
}

func several(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func holds(all []any, v any) bool {
	for _, one := range all {
		if reflect.DeepEqual(one, v) {
			return true
		}
	}
	return false
}
