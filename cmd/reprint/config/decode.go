package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// decoder puts a parsed file into a [File] and gathers everything that does not fit, each
// with its place. The library's own decoder stops at the first error and loses the place of
// values of our own types.
type decoder struct {
	name     string
	lines    []string
	places   map[string]*token.Token // where each path stands
	problems Problems
}

// decode reads the bytes of a file into v.
func (d *decoder) decode(data []byte, v any) {
	d.lines = strings.Split(string(data), "\n")
	d.places = make(map[string]*token.Token)
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		d.syntax(err)
		return
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		d.add(nil, "$", "is empty or has more than one document", "write one YAML document, starting from examples/newsroom/reprint.yaml")
		return
	}
	d.value("$", file.Docs[0].Body, reflect.ValueOf(v).Elem())
}

// syntax reports an error of the YAML parser.
func (d *decoder) syntax(err error) {
	at, message := (*token.Token)(nil), err.Error()
	if e, ok := err.(interface {
		GetToken() *token.Token
		GetMessage() string
	}); ok {
		at, message = e.GetToken(), e.GetMessage()
	}
	d.add(at, "$", "is not YAML: "+message, "look at indentation, quotes and colons here and in the line above")
}

func (d *decoder) add(at *token.Token, path, message, remedy string) {
	p := Problem{File: d.name, Line: 1, Column: 1, Path: path, Message: message, Remedy: remedy}
	if at != nil && at.Position != nil {
		p.Line, p.Column = at.Position.Line, at.Position.Column
	}
	if p.Line <= len(d.lines) {
		p.source = strings.TrimRight(d.lines[p.Line-1], "\r")
	}
	d.problems = append(d.problems, p)
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// value decodes one node into one value.
func (d *decoder) value(path string, node ast.Node, v reflect.Value) {
	switch n := node.(type) {
	case *ast.AnchorNode:
		node = n.Value
	case *ast.TagNode:
		node = n.Value
	}
	d.places[path] = node.GetToken()
	if _, null := node.(*ast.NullNode); null {
		return
	}
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(path, node, v.Elem())
	case v.Addr().Type().Implements(textType):
		d.text(path, node, v)
	case v.Kind() == reflect.Struct, v.Kind() == reflect.Map:
		d.mapping(path, node, v)
	case v.Kind() == reflect.Slice:
		d.sequence(path, node, v)
	default:
		d.scalar(path, node, v)
	}
}

// text decodes a scalar into a type that reads text.
func (d *decoder) text(path string, node ast.Node, v reflect.Value) {
	s, ok := plain(node)
	if !ok {
		d.add(node.GetToken(), path, "is not a single value", "write one value after the colon")
		return
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
		message, remedy, found := strings.Cut(err.Error(), "; ")
		if !found {
			remedy = "use one of the values in the brackets"
		}
		d.add(node.GetToken(), path, message, remedy)
	}
}

// plain returns the text of a scalar, as written.
func plain(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (d *decoder) scalar(path string, node ast.Node, v reflect.Value) {
	s, ok := plain(node)
	if !ok {
		d.add(node.GetToken(), path, "is not a single value", "write one value after the colon")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		b, ok := node.(*ast.BoolNode)
		if !ok {
			d.add(node.GetToken(), path, fmt.Sprintf("%q is neither true nor false", s), "write true or false, without quotes")
			return
		}
		v.SetBool(b.Value)
	case reflect.Int:
		n, err := strconv.Atoi(s)
		if _, number := node.(*ast.IntegerNode); err != nil || !number {
			d.add(node.GetToken(), path, fmt.Sprintf("%q is no whole number", s), "write a number without quotes, point or unit")
			return
		}
		v.SetInt(int64(n))
	}
}

func (d *decoder) sequence(path string, node ast.Node, v reflect.Value) {
	n, ok := node.(*ast.SequenceNode)
	if !ok {
		d.add(node.GetToken(), path, "is not a list", "write it as a list: [one, two], or one “- ” line each")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Values), len(n.Values)))
	for i, item := range n.Values {
		d.value(fmt.Sprintf("%s[%d]", path, i), item, v.Index(i))
	}
}

// entries returns the keys and values of a mapping.
func entries(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func (d *decoder) mapping(path string, node ast.Node, v reflect.Value) {
	pairs, ok := entries(node)
	if ok && len(pairs) == 0 {
		d.add(node.GetToken(), path, "is empty", "write its keys, or remove it; docs/config.md lists them")
		return
	}
	if !ok {
		d.add(node.GetToken(), path, "is not a group of keys", "write “key: value” lines, indented under it")
		return
	}
	seen := make(map[string]bool)
	for _, pair := range pairs {
		key := pair.Key.GetToken()
		at := path + "." + key.Value
		d.places[at] = key
		if seen[key.Value] {
			d.add(key, at, "stands here twice", "keep one of them")
			continue
		}
		seen[key.Value] = true
		d.entry(at, key, pair.Value, v)
	}
	if v.Kind() == reflect.Struct {
		d.missing(path, pairs[0].Key.GetToken(), v.Type(), seen)
	}
}

// entry decodes one value of a mapping into a field or a map.
func (d *decoder) entry(at string, key *token.Token, node ast.Node, v reflect.Value) {
	if v.Kind() == reflect.Map {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(at, node, item)
		v.SetMapIndex(reflect.ValueOf(key.Value), item)
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("yaml") == key.Value {
			d.value(at, node, v.Field(i))
			return
		}
	}
	known := keys(v.Type())
	d.add(key, at, "is no key here", "did you mean "+nearest(key.Value, known)+"? Keys here: "+strings.Join(known, ", "))
}

// missing reports keys that must be there and are not.
func (d *decoder) missing(path string, at *token.Token, t reflect.Type, seen map[string]bool) {
	for i := range t.NumField() {
		key := t.Field(i).Tag.Get("yaml")
		if t.Field(i).Tag.Get("need") == "true" && !seen[key] {
			d.add(at, path+"."+key, "is missing", "add “"+key+":” here; docs/config.md says what it means")
		}
	}
}

func keys(t reflect.Type) []string {
	var list []string
	for i := range t.NumField() {
		list = append(list, t.Field(i).Tag.Get("yaml"))
	}
	return list
}

// nearest returns the known key that takes the fewest edits to reach.
func nearest(key string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int { return distance(key, a) - distance(key, b) })
}

// distance is the number of insertions, deletions and replacements between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
