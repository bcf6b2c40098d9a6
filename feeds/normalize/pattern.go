package normalize

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// pattern is a regular expression that looks first whether the text has any of the words
// that a match cannot do without. Nearly every line of an article has none of them, and
// looking for words costs a small part of running the expression.
type pattern struct {
	re    *regexp.Regexp
	words words // one of them is in every match; none means that nobody knows
}

// compile makes a pattern of an expression. The words are found in the expression itself.
func compile(expression string) *pattern {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		panic(err) // a fixed expression of this package
	}
	return &pattern{re: regexp.MustCompile(expression), words: newWords(needed(tree), folds(tree))}
}

// possible tells whether a text may match.
func (p *pattern) possible(text string) bool { return p.words.in(text) }

// MatchString and the others are those of [regexp.Regexp].
func (p *pattern) MatchString(text string) bool {
	return p.possible(text) && p.re.MatchString(text)
}

func (p *pattern) FindString(text string) string {
	if !p.possible(text) {
		return ""
	}
	return p.re.FindString(text)
}

func (p *pattern) FindStringIndex(text string) []int {
	if !p.possible(text) {
		return nil
	}
	return p.re.FindStringIndex(text)
}

func (p *pattern) FindStringSubmatch(text string) []string {
	if !p.possible(text) {
		return nil
	}
	return p.re.FindStringSubmatch(text)
}

func (p *pattern) FindStringSubmatchIndex(text string) []int {
	if !p.possible(text) {
		return nil
	}
	return p.re.FindStringSubmatchIndex(text)
}

func (p *pattern) FindAllStringSubmatchIndex(text string, n int) [][]int {
	if !p.possible(text) {
		return nil
	}
	return p.re.FindAllStringSubmatchIndex(text, n)
}

func (p *pattern) FindAllStringSubmatch(text string, n int) [][]string {
	if !p.possible(text) {
		return nil
	}
	return p.re.FindAllStringSubmatch(text, n)
}

func (p *pattern) FindAllStringIndex(text string, n int) [][]int {
	if !p.possible(text) {
		return nil
	}
	return p.re.FindAllStringIndex(text, n)
}

func (p *pattern) ReplaceAllString(text, by string) string {
	if !p.possible(text) {
		return text
	}
	return p.re.ReplaceAllString(text, by)
}

func (p *pattern) ReplaceAllStringFunc(text string, by func(string) string) string {
	if !p.possible(text) {
		return text
	}
	return p.re.ReplaceAllStringFunc(text, by)
}

func (p *pattern) Split(text string, n int) []string {
	return p.re.Split(text, n)
}

// folds tells whether any part of an expression ignores case.
func folds(tree *syntax.Regexp) bool {
	if tree.Op == syntax.OpLiteral && tree.Flags&syntax.FoldCase != 0 {
		return true
	}
	for _, sub := range tree.Sub {
		if folds(sub) {
			return true
		}
	}
	return false
}

// maxWords bounds how many words stand for an expression.
const maxWords = 200

// needed returns words of which every match of an expression has at least one; none if there
// is no such list.
func needed(tree *syntax.Regexp) []string {
	if all := listed(tree); usable(all) {
		return all
	}
	switch tree.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return needed(tree.Sub[0])
	case syntax.OpRepeat:
		if tree.Min > 0 {
			return needed(tree.Sub[0])
		}
	case syntax.OpAlternate:
		var words []string
		for _, sub := range tree.Sub {
			of := needed(sub)
			if len(of) == 0 {
				return nil
			}
			words = append(words, of...)
		}
		if len(words) <= maxWords {
			return words
		}
	case syntax.OpConcat:
		return neededInRow(tree.Sub)
	}
	return nil
}

// neededInRow picks the part of a row that says most. Parts whose texts can be listed are
// taken together as far as they follow each other.
func neededInRow(row []*syntax.Regexp) []string {
	var best []string
	run := []string{""}
	for _, part := range row {
		if all := listed(part); all != nil {
			if joined := product(run, all); joined != nil {
				run = joined
				continue
			}
			best = better(best, run)
			run = all
			continue
		}
		best = better(best, run)
		best = better(best, needed(part))
		run = []string{""}
	}
	return better(best, run)
}

// better returns the list that fewer texts satisfy: the one whose shortest word is longer.
func better(a, b []string) []string {
	switch {
	case !usable(b):
		return a
	case !usable(a), shortest(b) > shortest(a), shortest(b) == shortest(a) && len(b) < len(a):
		return b
	}
	return a
}

// usable tells whether a list excludes any text.
func usable(words []string) bool {
	return len(words) > 0 && len(words) <= maxWords && shortest(words) > 0
}

func shortest(words []string) int {
	n := len(words[0])
	for _, w := range words {
		n = min(n, len(w))
	}
	return n
}

// listed lists all texts that an expression matches, if they are few; nil if not.
func listed(tree *syntax.Regexp) []string {
	switch tree.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpLiteral:
		return []string{string(tree.Rune)}
	case syntax.OpCharClass:
		return oneOf(tree.Rune)
	case syntax.OpCapture:
		return listed(tree.Sub[0])
	case syntax.OpQuest:
		if all := listed(tree.Sub[0]); all != nil {
			return append([]string{""}, all...)
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range tree.Sub {
			of := listed(sub)
			if of == nil {
				return nil
			}
			all = append(all, of...)
		}
		if len(all) <= maxWords {
			return all
		}
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range tree.Sub {
			if all = product(all, listed(sub)); all == nil {
				return nil
			}
		}
		return all
	}
	return nil
}

// oneOf lists the characters of a class, given as pairs of bounds, if they are few.
func oneOf(bounds []rune) []string {
	var all []string
	for i := 0; i < len(bounds); i += 2 {
		if bounds[i+1]-bounds[i] > 8 || len(all) > 16 {
			return nil
		}
		for r := bounds[i]; r <= bounds[i+1]; r++ {
			if !utf8.ValidRune(r) {
				return nil
			}
			all = append(all, string(r))
		}
	}
	return all
}

// product joins every text of a with every one of b; nil if they are too many, or one list
// is not known.
func product(a, b []string) []string {
	if len(a)*len(b) == 0 || len(a)*len(b) > maxWords {
		return nil
	}
	all := make([]string, 0, len(a)*len(b))
	for _, first := range a {
		for _, second := range b {
			all = append(all, first+second)
		}
	}
	return all
}
