// Package fetch is the only HTTP client of the service: polite, bounded, and deaf to
// addresses that are nobody's business.
package fetch
