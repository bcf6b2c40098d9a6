package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
)

// A change replaces the bytes from..to of a file, and makes the code wrong in a small way.
type change struct {
	from, to int
	with     string
	line     int
}

// opposite are the operators that are exchanged: a condition turns round, or a bound moves by
// one.
var opposite = map[token.Token][]token.Token{
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ, token.GEQ}, token.GEQ: {token.GTR, token.LSS},
	token.GTR: {token.GEQ, token.LEQ}, token.LEQ: {token.LSS, token.GTR},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD}, token.MUL: {token.QUO}, token.QUO: {token.MUL},
}

// changesOf lists every change of a file's functions, in order.
func changesOf(name string, source []byte) ([]change, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var all []change
	add := func(from, to token.Pos, with string) {
		at := files.Position(from)
		all = append(all, change{at.Offset, files.Position(to).Offset, with, at.Line})
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			ast.Inspect(f.Body, func(n ast.Node) bool {
				inNode(n, add)
				return true
			})
		}
	}
	return all, nil
}

// inNode adds the changes of one node: turned and moved comparisons, negated conditions,
// statements left out, other literals.
func inNode(n ast.Node, add func(from, to token.Pos, with string)) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		for _, t := range opposite[n.Op] {
			add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), t.String())
		}
		if n.Op == token.LAND || n.Op == token.LOR {
			negate(n.X, add)
			negate(n.Y, add)
		}
	case *ast.IfStmt:
		negate(n.Cond, add)
	case *ast.SwitchStmt:
		if n.Tag == nil {
			for _, clause := range n.Body.List {
				for _, condition := range clause.(*ast.CaseClause).List {
					negate(condition, add)
				}
			}
		}
	case *ast.ReturnStmt:
		for _, result := range n.Results {
			negate(result, add)
		}
	case *ast.ExprStmt:
		add(n.Pos(), n.End(), "")
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			add(n.Pos(), n.End(), "")
		}
	case *ast.IncDecStmt:
		add(n.Pos(), n.End(), "")
	case *ast.BranchStmt:
		add(n.Pos(), n.End(), "")
	case *ast.DeferStmt:
		add(n.Pos(), n.End(), "")
	case *ast.BasicLit:
		if i, err := strconv.Atoi(n.Value); n.Kind == token.INT && err == nil {
			add(n.Pos(), n.End(), strconv.Itoa(i+1))
		}
	}
}

// negate turns a condition that is a call, a name or a literal round. What is no condition
// does not compile then, and is not counted. Comparisons are turned at their operator.
func negate(e ast.Expr, add func(from, to token.Pos, with string)) {
	switch e := e.(type) {
	case *ast.CallExpr, *ast.SelectorExpr, *ast.IndexExpr:
		add(e.Pos(), e.Pos(), "!")
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			add(e.OpPos, e.OpPos+1, "")
		}
	case *ast.Ident:
		switch e.Name {
		case "true":
			add(e.Pos(), e.End(), "false")
		case "false":
			add(e.Pos(), e.End(), "true")
		default:
			add(e.Pos(), e.Pos(), "!")
		}
	}
}
