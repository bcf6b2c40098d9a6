package feeds

import (
	"net/url"
	"regexp"
	"strings"
)

// ccPath is the path of a Creative Commons license or public domain tool, once tidied:
// code, version and an optional port, such as /licenses/by-nc/3.0/de/.
var ccPath = regexp.MustCompile(`^/(licenses|publicdomain)/([a-z+-]+)/([0-9.]+)/(?:([a-z]{2,3})/)?$`)

// ccID is an SPDX id of the Creative Commons family.
var ccID = regexp.MustCompile(`(?i)^CC(0|-BY|-BY-NC|-BY-ND|-BY-SA|-BY-NC-ND|-BY-NC-SA|-SA|-PDM)-([0-9]\.[0-9])(-[A-Z]{2,3})?$`)

// ccPorts are the ports of Creative Commons licenses that have SPDX ids of their own.
const ccPorts = " IGO DE AT AU NL US UK FR JP "

// SPDX returns the canonical SPDX id of a license that is named by id or by URL, or ""
// where it is not one that we know for certain. Creative Commons URLs are recognized in
// every spelling: http or https, with or without www, deed and language; a port without
// an SPDX id of its own gives a LicenseRef.
func SPDX(license string) string {
	license = strings.TrimSpace(license)
	if ccID.MatchString(license) {
		return strings.ToUpper(license)
	}
	u, err := url.Parse(strings.ToLower(license))
	if err != nil || strings.TrimPrefix(u.Hostname(), "www.") != "creativecommons.org" {
		return ""
	}
	m := ccPath.FindStringSubmatch(tidyCC(u.Path))
	if m == nil {
		return ""
	}
	return ccName(m[1], m[2], m[3], strings.ToUpper(m[4]))
}

// tidyCC drops what follows the version in a Creative Commons path and ends it with one
// slash.
func tidyCC(path string) string {
	for _, tail := range []string{"deed", "legalcode", "rdf"} {
		if at := strings.LastIndex(path, "/"+tail); at >= 0 {
			path = path[:at]
		}
	}
	return strings.TrimRight(path, "/") + "/"
}

func ccName(family, code, version, port string) string {
	if family == "publicdomain" {
		switch code {
		case "zero":
			return "CC0-" + version
		case "mark":
			return "CC-PDM-" + version
		}
		return ""
	}
	name := "CC-" + strings.ToUpper(code) + "-" + version
	if !ccID.MatchString(name) {
		return ""
	}
	switch {
	case port == "":
		return name
	case strings.Contains(ccPorts, " "+port+" "):
		return name + "-" + port
	}
	return "LicenseRef-" + name + "-" + port
}
