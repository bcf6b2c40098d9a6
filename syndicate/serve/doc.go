// Package serve answers over HTTP: feeds, pages and items for the public on one listener,
// metrics and the operator's pages on another.
//
// The serving path does no work for a request that could be done for a change. Every
// channel has one edition: its feeds and its page, rendered and in memory, and compressed since
// somebody took it so first. A request finds it with one atomic load and writes it in one
// system call. [Server.Run] reads the journal and makes a new edition of exactly those
// channels that hold a source that changed; whoever asks for an edition whose time is up
// waits for the next one, which is made once however many ask.
//
// The files, in the order of a request: listen (connections), lane and simple (the plain
// request, answered on its connection), server and routes (what there is and for whom),
// observe (one log line, metrics), channel, item and page_* (who answers), release (the one
// way out), with representation, accept, conditional and joined behind it. In the order of a
// change: run, compose with marks (what was withdrawn), then the pages.
//
// A partner's request takes the same way with one more step at each end: partner (who asks),
// watch (is the token still good), view (what all with these terms see), caps (days that
// are counted), link (readers without credentials); and record, which puts the pull into the ledger
// before its bytes leave. The partner API is partner_api, changes_api with cursor and changes (the log
// that nobody keeps: the journal and the clock, decided on when they are read) with telling (an item,
// and what the partner was sent of it), status_api, receipt_api and archive.
//
// What was withdrawn is known to authority, which is asked at the last moment before anything with
// items is sent; agree keeps it one with the store's, apply drops what shows it, watch holds the
// loop that hears of it, acknowledge tells when it is everywhere, and withdraw_api with orders, carry_out
// and entries is where the operator asks for it. protocol is what the servers have agreed to do, step by step, without doing
// it; lease, reconcile and recall carry it out where the store or this server was away. Afterwards copies look for its story
// elsewhere, completion learns what was not there yet, and purge tells the caches in front. upstream withdraws what sources
// take back; resolve, about and search are for those who name what is to be withdrawn.
//
// Claims (T4) are claims (the desk), claims_public, _form, _read, _page and _status (the public's side), claims_api (the
// operator's), claims_order, _plan and _again (what follows for items), and claims_memory. The operator's pages are console
// and admin, what a load balancer asks is health, and what hubs send comes in by push.
package serve
