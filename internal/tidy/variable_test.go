package tidy

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// checkVariables bans state outside of the machines: a package-level variable survives a Clone and a Seek. Two kinds
// are constants in all but syntax, and pass: errors that are compared by identity, and tables that nothing writes to.
func checkVariables(r *room) []finding {
	var found []finding
	constants := map[types.Object]bool{}
	for _, s := range r.variables() {
		for i, name := range s.Names {
			table := i < len(s.Values) && r.isTable(s.Values[i])
			sentinel := strings.HasPrefix(strings.ToLower(name.Name), "err") && r.isError(name)
			switch {
			case name.Name == "_": // asserts that a type has some methods
			case table, sentinel:
				constants[r.info.Defs[name]] = true
			default:
				found = append(found, r.finding(name, "package-level variable "+name.Name+
					": put it into the value that needs it; only errors named Err… and tables that nothing writes to may stay"))
			}
		}
	}
	for _, target := range r.writes() {
		if id := rootOf(target); id != nil && constants[r.info.Uses[id]] {
			found = append(found,
				r.finding(target, "write to the package-level table "+id.Name+": it is a constant; copy it first"))
		}
	}
	return found
}

// variables returns the declarations of package-level variables.
func (r *room) variables() []*ast.ValueSpec {
	var list []*ast.ValueSpec
	for _, f := range r.sources() {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, s := range g.Specs {
					list = append(list, s.(*ast.ValueSpec))
				}
			}
		}
	}
	return list
}

// checkForeignWrites looks in one room for writes to the exported variables of another, which is judged by name.
func checkForeignWrites(r, owner *room) []finding {
	var found []finding
	base := path.Base(owner.path)
	for _, s := range owner.variables() {
		for _, name := range s.Names {
			for _, target := range r.writes() {
				if name.IsExported() && writesTo(target, base, name.Name) {
					found = append(found, r.finding(target, "write to "+base+"."+name.Name+": it is a constant; copy it first"))
				}
			}
		}
	}
	return found
}

func writesTo(target ast.Expr, base, name string) bool {
	hit := false
	ast.Inspect(target, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == name {
			x, ok := s.X.(*ast.Ident)
			hit = hit || (ok && x.Name == base && x.Obj == nil) // a local variable of that name would be resolved
		}
		return true
	})
	return hit
}

func (r *room) isError(name *ast.Ident) bool {
	o := r.info.Defs[name]
	return o != nil && types.Identical(o.Type(), types.Universe.Lookup("error").Type())
}

// isTable reports whether a value is an array, a slice or a map that is written out.
func (r *room) isTable(e ast.Expr) bool {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok || r.info.Types[lit].Type == nil {
		return false
	}
	switch r.info.Types[lit].Type.Underlying().(type) {
	case *types.Array, *types.Slice, *types.Map:
		return true
	}
	return false
}

// writes returns what is assigned to. It does not follow addresses and slices of slices: it guards against a slip, not
// against intent.
func (r *room) writes() []ast.Expr {
	var list []ast.Expr
	r.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			list = append(list, n.Lhs...)
		case *ast.IncDecStmt:
			list = append(list, n.X)
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if e != nil {
					list = append(list, e)
				}
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear" || id.Name == "copy") &&
				len(n.Args) > 0 {
				list = append(list, n.Args[0])
			}
		}
	})
	return list
}

// rootOf returns the variable that an expression is a part of: t in t[i].name.
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}
