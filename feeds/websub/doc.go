// Package websub is the subscriber's side of WebSub (W3C Recommendation of 23 January
// 2018) as far as it can be told without a network or a clock: where a feed can be
// subscribed to ([Discover]), what to ask its hub ([Form]), whether to agree when the hub
// asks back ([Answer]), whether what it delivers is from it ([Check]), and when to ask
// again ([NextAsk]).
//
// Package ingest does the asking and takes in what is delivered; the sources are polled all
// the while, only less often once a hub has proved that it delivers.
package websub
