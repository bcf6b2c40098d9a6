// Package syndicate decides who may have what, and says why.
//
// A [House] is the operator's standing word: the licenses, the sources and outlets that
// they apply to, the channels, the partners and their agreements. [Compile] checks it and
// makes a [Rulebook]. [Rulebook.Decide] takes one item, one audience, the withdrawals that
// stand and a moment, and gives a [Decision] (what, why, until when) and, unless all is
// withheld, a [Cleared]: the item cut down to what this audience may have, with the
// notices that must be shown with it.
//
// Cleared has no exported fields and Decide alone fills it. Package render takes nothing
// else and refuses the zero value, so an item that nobody decided on cannot be published.
//
// The rules are numbered in docs/rules.md, T1 to T4 for the clauses of the house's own
// copyright statement and R1, R2, … for what follows from them; comments here name the
// rule that the code applies. Deny is the zero value everywhere: an unset [Form] is
// Withheld, unset [PictureTerms] are PicturesNone, an unset [Reprint] is ReprintNever.
//
// The package is pure: no I/O, no clock, no logging. Equal arguments give equal answers.
package syndicate
