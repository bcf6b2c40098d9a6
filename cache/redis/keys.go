package redis

// keys names every key. The part in braces decides the slot in a cluster: all keys of one
// source share one, and the journal with what belongs to it shares another.
//
//	{P:s:SOURCE}:known    hash    item id -> revision, first seen, permanent id
//	{P:s:SOURCE}:items    hash    item id -> the item, encoded by cache.Codec
//	{P:s:SOURCE}:rank     zset    item id, by its rank in milliseconds below zero
//	{P:s:SOURCE}:seq      string  number of the source's last change
//	{P:s:SOURCE}:outbox   list    changes that are stored and may not be in the journal yet
//	{P:s:SOURCE}:recent   list    changes of the last ten minutes that were put into the journal, the last one in any case
//	{P:s:SOURCE}:poll     string  state of the last poll, JSON
//	{P:s:SOURCE}:sub      string  subscription at the source's hub, JSON
//	{P:journal}:log       stream  the journal; entry N-0 is the change at position N
//	{P:journal}:head      string  position of the newest change
//	{P:journal}:done      hash    source -> number of its last change that is in the journal
//	{P:journal}:sources   set     sources that have an outbox
//	{P:journal}:stamps    hash    document -> its digest and when it changed
//	{P:journal}:revoked   hash    partner/token -> when it was revoked
//	{P:journal}:secrets   hash    name -> secret that all servers share
//	{P:journal}:withdrawn hash    target -> the entry that counts: epoch, reinstated, key, JSON, with tabs between
//	{P:journal}:epochs    zset    target, by the epoch of its entry
//	{P:journal}:epoch     string  the greatest epoch
//	{P:journal}:sum       string  sum of the entries, see syndicate.Withdrawals.Sum
//	{P:journal}:identity  string  what the store is, random
//	{P:journal}:run       string  the process and history that answer, and since when, with a tab between
//	{P:journal}:asked     string  how often replicas were waited for: something is written before
//	{P:journal}:servers   hash    server -> when it was heard, what it has applied, JSON, with tabs between
//	{P:journal}:enrolled  hash    server that polls -> until when, session, with a tab between
//	{P:journal}:turn      string  the number that was given last, to a session or to a claim
//	{P:journal}:claims    hash    source -> session that polls it, fence, with a tab between
//	{P:p:PARTNER}:held    hash    item id -> the most that the partner was sent, first and last time
//	{P:p:PARTNER}:holds   zset    the same item ids, all of score 0: their order
//	{P:p:PARTNER}:places  hash    agreement, item, with a tab between -> day of its place under a daily cap
//	{P:p:PARTNER}:days    hash    agreement, day, with a tab between -> places that were given
//	{P:complaints}:all    hash    number -> the claim that somebody filed, JSON
//	{P:complaints}:keys   hash    key of the filing -> number
//	{P:complaints}:number string  the number that was given last
//	{P:complaints}:open   zset    numbers of those that nothing has ended, by the second until which they are to be decided
//	{P:usage}:counted     hash    ledger -> position up to which it was counted
//	{P:usage}:tallies     hash    partner, source, field, with tabs between -> count
//	{P:usage}:recent      hash    partner -> its last pulls
//
// P is the prefix of the store's URL, "reprint" by default. No key expires: all of them are
// the record, and Redis must not evict them.
//
// If one is lost: without known, items and rank an item comes back as new with the next poll
// that finds it. Without poll a source is asked once more than necessary, without sub its
// hub. Without seq the numbers go on from the clock, which is ahead of them. Without outbox a change whose put
// never returned is not in the journal until the item changes again. Without recent what the journal loses is not put back
// into it. Without log and head
// nobody hears of the past.
// Without done a put that was cut short may be in the journal twice. Without stamps documents
// get a new date once. Without withdrawn, epochs, epoch, sum or identity the servers are restoring
// until one has written back what it knows; where some of them are lost and others are not, what is left of withdrawn
// counts. Without run or servers an acknowledgment waits for a lease. Without enrolled, turn or claims the servers
// claim their sources again, and the state of the polls tells when each is due. Without revoked every revoked token that still stands in a configuration
// is valid again: take it out there as well. Without secrets the addresses of reader links and
// the cursors of partners are not valid any more. Without held and holds partners are not told what to
// take down. Without the complaints the servers put back those that they
// have handled. Without places and days an agreement's day begins anew. Without counted, tallies and recent the reports begin anew; the ledgers still have it all.
type keys struct{ prefix string }

func (k keys) source(id, what string) string { return "{" + k.prefix + ":s:" + id + "}:" + what }
func (k keys) journal(what string) string    { return "{" + k.prefix + ":journal}:" + what }

func (k keys) known(source string) string  { return k.source(source, "known") }
func (k keys) items(source string) string  { return k.source(source, "items") }
func (k keys) rank(source string) string   { return k.source(source, "rank") }
func (k keys) seq(source string) string    { return k.source(source, "seq") }
func (k keys) outbox(source string) string { return k.source(source, "outbox") }
func (k keys) recent(source string) string { return k.source(source, "recent") }
func (k keys) poll(source string) string   { return k.source(source, "poll") }

func (k keys) subscription(source string) string { return k.source(source, "sub") }

func (k keys) log() string     { return k.journal("log") }
func (k keys) head() string    { return k.journal("head") }
func (k keys) done() string    { return k.journal("done") }
func (k keys) sources() string { return k.journal("sources") }
func (k keys) stamps() string  { return k.journal("stamps") }
func (k keys) revoked() string { return k.journal("revoked") }
func (k keys) secrets() string { return k.journal("secrets") }

func (k keys) withdrawn() string { return k.journal("withdrawn") }
func (k keys) epochs() string    { return k.journal("epochs") }
func (k keys) epoch() string     { return k.journal("epoch") }
func (k keys) sum() string       { return k.journal("sum") }
func (k keys) identity() string  { return k.journal("identity") }
func (k keys) run() string       { return k.journal("run") }
func (k keys) asked() string     { return k.journal("asked") }
func (k keys) servers() string   { return k.journal("servers") }

// whatItIs are the keys that tell what the store is.
func (k keys) whatItIs() []string {
	return []string{k.identity(), k.epoch(), k.sum(), k.withdrawn(), k.epochs(), k.run()}
}

func (k keys) enrolled() string { return k.journal("enrolled") }
func (k keys) turn() string     { return k.journal("turn") }
func (k keys) claims() string   { return k.journal("claims") }

func (k keys) partner(id, what string) string { return "{" + k.prefix + ":p:" + id + "}:" + what }
func (k keys) held(partner string) string     { return k.partner(partner, "held") }
func (k keys) holds(partner string) string    { return k.partner(partner, "holds") }

func (k keys) places(partner string) string { return k.partner(partner, "places") }
func (k keys) days(partner string) string   { return k.partner(partner, "days") }

func (k keys) usage(what string) string { return "{" + k.prefix + ":usage}:" + what }
func (k keys) counted() string          { return k.usage("counted") }
func (k keys) tallies() string          { return k.usage("tallies") }
func (k keys) lastPulls() string        { return k.usage("recent") }

func (k keys) complaint(what string) string { return "{" + k.prefix + ":complaints}:" + what }
func (k keys) complaints() string           { return k.complaint("all") }
func (k keys) openComplaints() string       { return k.complaint("open") }

// ofComplaints are the keys that the scripts of complaints work on, in their order.
func (k keys) ofComplaints() []string {
	return []string{k.complaints(), k.complaint("keys"), k.complaint("number"), k.openComplaints()}
}
