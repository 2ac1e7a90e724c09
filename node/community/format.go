package community

// ReadyItem is a point of an agenda that a format brings along.
type ReadyItem struct {
	Text    string
	Minutes int // 0: as long as it takes
}

// ready are the agendas of the formats, as people elsewhere have found them to
// work. A case clinic is that of U.lab, a peer assist that of Collison and
// Parcell, an after-action review that of the US Army's training circular
// 25-20; a story circle and a look back are their shortest forms.
var ready = map[string][]ReadyItem{
	"lunch": {{"what happened to us since last time", 0}, {"one thing worth keeping", 5}},
	"cafe":  {{"what is each of us making?", 30}, {"what do we see that we would do otherwise?", 30}},
	"story circle": {
		{"each tells a time it went well, or did not", 40}, {"what do the stories have in common?", 10}, {"which do we keep?", 10},
	},
	"case clinic": {
		{"the case", 10}, {"questions to understand it", 5}, {"stillness", 2}, {"mirror: what images and feelings came", 10},
		{"dialogue", 20}, {"thanks", 3},
	},
	"peer assist": {
		{"what the asker wants help with", 5}, {"what she plans", 15}, {"questions", 15},
		{"ideas, while the asker listens", 20}, {"the asker plays back what she takes", 5},
	},
	"after-action": {
		{"what did we expect?", 10}, {"what happened?", 15}, {"why?", 20}, {"what do we learn?", 15},
	},
	"visit": {
		{"who we are and what we do here", 15}, {"walk through", 40}, {"what surprised us", 15}, {"what we take home", 10},
	},
	"critique": {
		{"show the work", 10}, {"what do we see?", 15}, {"what is it after?", 10}, {"what would make it stronger?", 20}, {"the maker says what she takes", 5},
	},
	"bee": {
		{"what we write down, and who writes what", 10}, {"writing", 60}, {"reading it to each other", 15}, {"what is missing", 5},
	},
	"review table": {
		{"each lays an old way on the table", 15}, {"still good, needs work, or retire?", 30}, {"who brings it up to date", 10},
	},
	"look back": {
		{"what we did", 10}, {"what was good", 15}, {"what was hard", 15}, {"what we do otherwise from now on", 15}, {"thanks", 5},
	},
}

// Ready returns the agenda that a format brings along, none for a format that
// there is not.
func Ready(format string) []ReadyItem { return ready[format] }

// UsualMinutes is how long a gathering lasts that does not say.
const UsualMinutes = 60

// ReadyMinutes returns how long a format takes by its agenda.
func ReadyMinutes(format string) (n int) {
	for _, item := range ready[format] {
		if item.Minutes == 0 {
			return UsualMinutes
		}
		n += item.Minutes
	}
	if n == 0 {
		return UsualMinutes
	}
	return n
}

// UsualMinute returns when in the day a gathering of a format begins that does
// not say, in minutes since midnight: a lunch at noon, all others after work.
func UsualMinute(format string) int {
	if format == "lunch" {
		return 12 * 60
	}
	return 18 * 60
}
