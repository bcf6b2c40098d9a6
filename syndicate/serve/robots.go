package serve

// robots lets everybody in. What may be done with an item is said by its license, not here.
func (t *site) robots() *representation {
	body := "# Every item states its own license: in the feeds, on its page, and in words at\n# " + t.url("/") + "\nUser-agent: *\nAllow: /\n"
	return newRepresentation(document{contentType: typeText, body: []byte(body), maxAge: maxAge})
}
