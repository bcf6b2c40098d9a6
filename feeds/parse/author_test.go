package parse

import "testing"

func TestAuthor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, name, mail string }{
		{"li@valley.example (Li Ming)", "Li Ming", "li@valley.example"},
		{"Li Ming <li@valley.example>", "Li Ming", "li@valley.example"},
		{"Li Ming (li@valley.example)", "Li Ming", "li@valley.example"},
		{`"Li Ming" <li@valley.example>`, "Li Ming", "li@valley.example"},
		{"li@valley.example", "", "li@valley.example"},
		{"mailto:li@valley.example", "", "li@valley.example"},
		{"<li@valley.example>", "", "li@valley.example"},
		{"li@valley.example Li Ming", "Li Ming", "li@valley.example"},
		{"Li Ming", "Li Ming", ""},
		{"张三(实习)", "张三(实习)", ""},
		{"张三\uFF08实习\uFF09", "张三\uFF08实习\uFF09", ""},
		{"zhang@valley.example (张三(实习))", "张三(实习)", "zhang@valley.example"},
		{"zhang@valley.example\uFF08张三\uFF09", "张三", "zhang@valley.example"},
		{"desk@valley.example (A) (B)", "(A) (B)", "desk@valley.example"},
		{"know how (news)", "know how (news)", ""},
		{"Desk (Valley)", "Desk (Valley)", ""},
		{"@valleypost", "@valleypost", ""},
		{"Jane @ Valley", "Jane @ Valley", ""},
		{"  ", "", ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			if got := author(c.text); got != (Author{Name: c.name, Email: c.mail}) {
				t.Errorf("author(%q) = %+v", c.text, got)
			}
		})
	}
}
