package parse

import "strconv"

// boundJSON checks how deep and how many the values are before they are decoded, and cuts
// every list of the feed after MaxItems. Text that is no JSON passes; the decoder says so.
func boundJSON(text []byte) (bounded []byte, cut bool, err error) {
	c := jsonCount{}
	var from int // where the surplus of the current list begins; 0 if there is none
	e := edit{text: text}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfString(text, i)
		case '{', '[':
			c.depth++
			if c.depth == 2 {
				c.list, c.members, from = text[i] == '[', 0, 0
			}
		case ']', '}':
			if c.depth == 2 && from > 0 {
				e.replace(from, i, "")
				cut, from = true, 0
			}
			c.depth--
		case ',', ':':
			if from > 0 {
				continue // it will be cut
			}
			c.values++
			if c.depth == 2 && c.list && text[i] == ',' {
				if c.members++; c.members == MaxItems {
					from = i
				}
			}
		}
		if err := c.check(text, i); err != nil && from == 0 {
			return nil, false, err
		}
	}
	return e.done(), cut, nil
}

// jsonCount is how far boundJSON got.
type jsonCount struct {
	depth   int
	values  int
	list    bool // the value at the second level is a list
	members int
}

func (c jsonCount) check(text []byte, at int) error {
	switch {
	case c.depth > maxDepth:
		return &Error{Kind: KindDepth, Detail: "values are nested more than " + strconv.Itoa(maxDepth) + " deep", Line: lineOf(text, at)}
	case c.values > maxElements:
		return &Error{Kind: KindElements, Detail: "the document has more than " + strconv.Itoa(maxElements) + " values", Line: lineOf(text, at)}
	}
	return nil
}

// endOfString returns where the string that begins at i ends.
func endOfString(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return i
}
