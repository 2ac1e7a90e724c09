// Package vitals tells how a community of practice is doing: eighteen signs of
// its three elements, what they come to, which of the things that are not
// called a community of practice it looks like today, and what would do it good.
//
// [Read] takes a [Community], which says what is here at the end of one UTC day,
// and returns [Vitals]. It is a pure function: no clock, no disk, nothing of
// what anybody read or opened, and the same documents on the same day give the
// same bytes on every node, in whatever order they came. Shares are exact
// fractions until they are shown; what is shown has three decimals, half away
// from zero. A sign of nothing, such as an average over no question, is null and
// left out of its element.
//
//	v := vitals.Read(c)
//	v.Verdict, v.Says            // "club", "You enjoy each other. ..."
//	v.Signs[i].Value, v.Of       // 5/6, "5 of 6 ..."
//	v.Next(refused)              // one act for each element, the weakest first
//
// Signs name documents and never people; a [Community] holds people as numbers.
// Nobody is counted by name anywhere, nothing is ranked, and no verdict is a
// judgement: each says what somebody could do about it next.
//
// It costs a walk of all that was done, some ten milliseconds for 20,000
// documents, and keeps nothing. All thresholds stand in one table, table.go.
package vitals
