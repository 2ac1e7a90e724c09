package domain

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Usage is how often a word stands in what members wrote.
type Usage struct {
	Word      string // lower case
	Documents int    // that hold it
	Authors   int    // whose they are
	Uses      int
}

// When a word is one that may want a meaning.
const (
	leastDocuments = 3 // that hold it
	leastAuthors   = 2 // whose they are
	commonFrom     = 12
	commonShare    = 3 // a word in one of so many documents says nothing of the domain
	leastRunes     = 4 // of a word in letters
)

// Unexplained picks from words as they are used those that may want a meaning:
// in at least three documents of at least two members, no function word, no
// number, no name of a person, and no term yet. Once there are enough documents
// to tell (12), neither is a word that a third of them hold. First come those
// that keep coming back within a document, as the words of a craft do, then
// those in more documents.
func Unexplained(words []Usage, documents int, t *Terms, people []string) (open []Usage) {
	names := slices.Clone(people)
	for _, w := range t.All() {
		names = append(names, w.Names()...)
	}
	known := stems(names)
	for _, u := range words {
		common := documents >= commonFrom && u.Documents*commonShare > documents
		if u.Documents >= leastDocuments && u.Authors >= leastAuthors && !common && Distinct(u.Word) && !known[stem(u.Word)] {
			open = append(open, u)
		}
	}
	slices.SortFunc(open, func(a, b Usage) int {
		return cmp.Or(cmp.Compare(b.Uses/b.Documents, a.Uses/a.Documents), cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Word, b.Word))
	})
	return open
}

// stems returns the words of names, without the s of a plural.
func stems(names []string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		for part := range splitWords(name) {
			all[stem(part)] = true
		}
	}
	return all
}

// hintNotes is in how many notes of gatherings a word stands that may be what
// the members keep talking about, mostHints how many such words are named.
const (
	hintNotes = 3
	mostHints = 3
)

// HintFrom is how many gatherings it takes before the words in their notes say
// anything about the domain.
const HintFrom = 6

// Hint names what members keep talking about, by the notes of what they met
// for: at most three words, those in the most notes first; the names of people
// are none. With fewer than six notes, or no word in three of them, it has
// nothing to say.
func Hint(notes, people []string) (words []string) {
	if len(notes) < HintFrom {
		return nil
	}
	named := stems(people)
	in := map[string]int{}               // notes, by stem
	forms := map[string]map[string]int{} // as it was written
	for _, note := range notes {
		seen := map[string]bool{}
		for word := range splitWords(note) {
			key := stem(word)
			if !Distinct(word) || named[key] {
				continue
			}
			if !seen[key] {
				seen[key] = true
				in[key]++
			}
			if forms[key] == nil {
				forms[key] = map[string]int{}
			}
			forms[key][word]++
		}
	}
	var keys []string
	for key, n := range in {
		if n >= hintNotes {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(in[b], in[a]), cmp.Compare(a, b)) })
	for _, key := range keys[:min(len(keys), mostHints)] {
		words = append(words, usual(forms[key]))
	}
	return words
}

// usual returns the form that was written most often, of several the first.
func usual(forms map[string]int) (best string) {
	for form, n := range forms {
		if best == "" || n > forms[best] || n == forms[best] && form < best {
			best = form
		}
	}
	return best
}

// splitWords yields the words of a text in lower case.
func splitWords(s string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
}

// Keywords returns the words of a text that say what it is about, without the s
// of a plural, each once, in the order in which they stand.
func Keywords(text string) (words []string) {
	for word := range splitWords(text) {
		if key := stem(word); Distinct(word) && !slices.Contains(words, key) {
			words = append(words, key)
		}
	}
	return words
}

// stem makes one of a word and its plural, as far as an s tells.
func stem(word string) string {
	if s := strings.TrimSuffix(word, "s"); len(s) >= leastRunes && !strings.HasSuffix(s, "s") {
		return s
	}
	return word
}

// Distinct tells whether a word, in lower case, may be one of a craft: it has
// at least four letters, no digit, and is no function word of the languages
// known here.
func Distinct(word string) bool {
	if utf8.RuneCountInString(word) < leastRunes || strings.ContainsFunc(word, unicode.IsNumber) {
		return false
	}
	_, is := slices.BinarySearch(functionWords, word)
	return !is
}

// functionWords are words of four letters and more that say nothing of what a
// text is about, in English, German, French, Spanish, Italian and Dutch, as they
// are written and as search folds them; ascending.
var functionWords = func() []string {
	words := strings.Fields(functionWordList)
	slices.Sort(words)
	return slices.Compact(words)
}()

const functionWordList = `
able about above after again against ahead almost alone along already also although always among another anybody anyone anything around asked away back
because been before began behind being below best better between beyond both bring brought came cannot come comes coming could couldn didn does doesn doing
done down during each early either else enough even ever every everybody everyone everything fact few find first five followed four from full gave gets give given
gives goes going gone good great hadn hardly hasn have haven having hello here hers herself high himself hold however into isn itself just keep kept kind knew know known
last late later least left less like little long look looked looks made make makes making many maybe mean means might mine more most much must myself near nearly
need needs never next nobody none nothing often once only onto other others ought ours ourselves over part past perhaps place please point quite rather really right
said same says second seem seemed seems seen several shall should shouldn show since some somebody someone something sometimes soon still stop such sure take taken takes
tell tells than thank thanks that their theirs them themselves then there these they thing things think third this those though thought three through thus time times today together
told tomorrow tonight took toward towards tried tries turn turned under unless until upon used uses using usually very want wanted wants wasn week weeks well went were weren what
whatever when where whether which while whole whom whose will with within without words work worked working works would wouldn wrong year years yesterday your yours yourself
yourselves days morning evening again anyone small large long short half each asks asking answer answers question questions story stories people person member members
aber alle allem allen aller alles also andere anderen auch aufs bald bereits beim bevor bist bleibt damit dann daran darauf daraus darf dazu dein deine denen denn deren
dessen diese diesem diesen dieser dieses doch dort durch eben eigentlich eine einem einen einer eines einfach einige einmal erst etwas euch euer eure fast ganz ganze geht genau
gern gibt ging groß grosse gross haben habe hast hatte hatten heute hier hinter ihnen ihre ihrem ihren ihrer immer indem jede jedem jeden jeder jedes jedoch jemand jene jetzt kann kannst
kaum kein keine keinem keinen keiner kommen kommt konnte können konnen könnte konnte lange machen macht mehr mein meine meinem meinen meiner mich mit mochte muss müssen mussen musste
nach nachdem nein neue nicht nichts noch nochmal nun oder ohne recht sagt schon sehr seid sein seine seinem seinen seiner seit selbst sich sie sind sogar solche soll sollen sollte sondern sonst statt
über uber überhaupt uberhaupt unser unsere unserem unseren unter viel viele vielleicht vom von vor wann warum was weil weiter welche welchem welchen welcher welches wenig wenn werde werden weder wegen
wieder will wird wirklich wissen wohl wollen wollte worden wurde würde wurde wurden zeit zum zur zwar zwei zwischen
ainsi alors après apres assez aussi autre autres avait avant avec avez avoir avons beaucoup bien bientôt bientot celle celui cela cependant ceux chaque chez comme comment contre dans depuis dernier derrière derriere
deux devant donc dont elle elles encore enfin entre étaient etaient était etait être etre faire fait faut font ici jamais jour jours jusque juste leur leurs lorsque mais même meme mêmes memes mieux moins notre nous
parce parfois pendant personne peut peuvent plus plusieurs plutôt plutot pour pourquoi premier près pres presque puis quand quelle quelles quelque quelques quels quoi rien sans sauf selon sera sont sous souvent
sur surtout tandis tant toujours tous tout toute toutes trop très tres trois vers voici voilà voila votre vous vraiment
además ademas ahora algo alguien alguna algunas alguno algunos ante antes aquel aquella aquí aqui aunque bajo bien cada casi como cómo con contra cosa cosas creo cual cuando cuanto cuatro debe deben decir desde después despues
donde dónde dos durante ella ellas ellos entonces entre era eran eres esa esas ese eso esos esta está están estan estaba estado estamos estar estas este esto estos estoy fue fueron fuera gran grande haber había habia hace hacen hacer
hacia hasta hay hecho hemos incluso luego mejor menos mientras mío mismo misma mismos mucha muchas mucho muchos nada nadie ninguna ninguno nosotros nuestra nuestro nunca otra otras otro otros para pero poco pocos porque puede pueden puedo pues
qué quien quién quiere sabe según segun sea sean ser será sera siempre sido siendo siete sobre sois solamente solo sólo somos son soy suya suyo tal también tambien tampoco tanto tener tengo tiempo tiene tienen toda todas todavía todavia todo todos
tres tuvo una unas uno unos usted ustedes vamos varias varios veces vez ya
abbiamo alla alle allora altra altre altri altro anche ancora appena aveva avevo avuto bene chi che ciò cioè cioe come così cosi cosa cose dalla dalle dallo della delle dello degli deve dietro dopo dove dovrebbe due durante ecco ella entro erano essere
fare fatto fino finché forse fuori già gia giorno giorni hanno invece loro lungo meglio meno mentre mia mie miei mio molta molte molti molto nella nelle nello negli nessuno niente noi nostra nostro nulla ogni oggi oltre oppure ormai ossia perché perche
però pero piccolo poco poi possono può puo prima proprio qualche qualcosa quale quali quando quanto quasi quella quelle quelli quello questa queste questi questo quindi sempre senza siamo siete solo sono sopra sotto spesso stata stato stesso stessa
subito sugli sulla sulle sullo tanto troppo tutta tutte tutti tutto una uno vedere verso viene volta volte vostra vostro
achter allen alles altijd ander andere anders beide beter bijna binnen buiten daar daarom daarna deze dicht dingen door doen doet dus eens eerst eigen eigenlijk elkaar elke enkele ergens even geen gedaan geweest gewoon goed hadden heb hebben heeft heel helemaal
hier hoe hun iedereen iemand iets ieder jaar jullie kan komen komt kunnen kunt kwam laat langs lang later maar maken maakt meer meest mensen met mijn misschien moet moeten morgen naar naast niemand niet niets nodig nog nooit nou omdat onder ons onze ook over
paar pas precies samen sinds soms staat steeds tegen terug tijd tijdens toch toen tot tussen twee uit uur vaak vandaag van veel verder vindt voor vooral waar waarom wanneer waren was wat weer weet weinig wel werd werden weten wij wil wilde wordt worden zal zeer zeggen zegt
zelf zelfs zich zien ziet zijn zoals zonder zou zouden zover
`
