package config

import "reflect"

// AtStartOnly names the keys that differ in another configuration and that a process reads when it starts only: what a
// signal to read the file again does not take over.
func (c *Config) AtStartOnly(other *Config) []string {
	var keys []string
	for _, part := range []struct {
		key       string
		one, next any
	}{
		{"listen", c.Listen, other.Listen},
		{"admin_listen", c.AdminListen, other.AdminListen},
		{"admin_hosts", c.AdminHosts, other.AdminHosts},
		{"store", c.Store, other.Store},
		{"data", c.Data, other.Data},
		{"lease", c.Lease, other.Lease},
		{"drain", c.Drain, other.Drain},
		{"purge", c.Purge, other.Purge},
		{"fetch.allow", c.FetchAllow, other.FetchAllow},
		{"site.tag", c.Authority, other.Authority},
		{"site.url, as hubs know it", c.House.Site.URL, other.House.Site.URL},
	} {
		if !reflect.DeepEqual(part.one, part.next) {
			keys = append(keys, part.key)
		}
	}
	return keys
}
