// Package fetch is the only HTTP client of the service: polite, bounded, and deaf to
// addresses that are nobody's business.
//
// A [Client] asks publishers as the strictest of them wish to be asked: conditionally, with
// an honest User-Agent, without cookies or referrers, and with nothing secret sent to
// another host. Whatever comes back is bounded: bytes after decompression, redirects,
// headers, time. Every connection passes one [Guard], which checks the address that is
// really dialed, so that neither DNS nor a redirect leads inside.
//
// Files and directories are sources too, read by the same call and under the same bounds.
// What goes wrong is an [Error] with a [Kind] and a sentence for the operator.
package fetch
