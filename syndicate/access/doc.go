// Package access finds out who a partner is: tokens, the headers and addresses that carry
// them, and how often somebody may try or ask. It is pure: no store, no clock; what was
// revoked and what time it is are arguments.
//
// A token is a random secret that is shown once and kept as a hash. [Book] holds the hashes
// of all partners and says whose a credential is, with one reason for every way in which it
// can fail. [Links] makes and checks addresses for feed readers that can send no credential.
// [Limits] bounds failures by address and by name, and [Rates] requests by partner.
package access
