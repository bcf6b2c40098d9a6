package feeds

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// ccPath is the path of a Creative Commons license or public domain tool, once tidied:
// code, version and an optional port, such as /licenses/by-nc/3.0/de/.
var ccPath = regexp.MustCompile(`^/(licenses|publicdomain)/([a-z+-]+)/([0-9.]+)/(?:([a-z]{2,3})/)?$`)

// ccID is an SPDX id of the Creative Commons family: code, version and an optional port.
var ccID = regexp.MustCompile(`(?i)^CC(0|-[A-Z]+(?:-[A-Z]+)*)-([0-9]\.[0-9])(?:-([A-Z]{2,3}))?$`)

// ccVersions are the versions that there are of each license or tool.
var ccVersions = map[string]string{
	"0": "1.0", "-PDM": "1.0", "-SA": "1.0", "-BY": ccAll, "-BY-NC": ccAll, "-BY-ND": ccAll, "-BY-SA": ccAll, "-BY-NC-ND": ccAll, "-BY-NC-SA": ccAll,
}

const ccAll = "1.0 2.0 2.1 2.5 3.0 4.0"

// ccPorts are the ports of Creative Commons licenses that have SPDX ids of their own.
const ccPorts = " IGO DE AT AU NL US UK FR JP "

// SPDX returns the canonical SPDX id of a license that is named by id or by URL, or ""
// where it is not one that we know for certain. Creative Commons URLs are recognized in
// every spelling: http or https, with or without www, deed and language; a port without
// an SPDX id of its own gives a LicenseRef.
func SPDX(license string) string {
	license = strings.TrimSpace(license)
	if m := ccID.FindStringSubmatch(strings.ToUpper(license)); m != nil {
		return ccName(m[1], m[2], m[3])
	}
	u, err := url.Parse(strings.ToLower(license))
	if err != nil || strings.TrimPrefix(u.Hostname(), "www.") != "creativecommons.org" {
		return ""
	}
	m := ccPath.FindStringSubmatch(tidyCC(u.Path))
	if m == nil {
		return ""
	}
	return ccName(ccCode(m[1], m[2]), m[3], strings.ToUpper(m[4]))
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

// ccCode is the part of an id that stands for a license or tool, "" where there is none.
func ccCode(family, code string) string {
	switch {
	case family == "licenses":
		return "-" + strings.ToUpper(code)
	case code == "zero":
		return "0"
	case code == "mark":
		return "-PDM"
	}
	return ""
}

// ccName puts an id together; "" where there is no such license. The two tools have no ports.
func ccName(code, version, port string) string {
	versions, known := ccVersions[code]
	if !known || !slices.Contains(strings.Fields(versions), version) {
		return ""
	}
	name := "CC" + code + "-" + version
	switch {
	case port == "":
		return name
	case code == "0" || code == "-PDM":
		return ""
	case strings.Contains(ccPorts, " "+port+" "):
		return name + "-" + port
	}
	return "LicenseRef-" + name + "-" + port
}
