package redis

import "crypto/tls"

// newTLS is the configuration for rediss://: the server must prove that it is the host.
func newTLS(host string) *tls.Config {
	return &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
}
