// Package chaos holds the promise "withdrawn means gone" against everything at once. It has
// tests only; `make chaos` is the long run.
//
// Publishers on loopback bring a few thousand items (publishers_test.go). Three servers, real processes of
// the binary, take them in over one store, and a caching proxy stands in front (house_test.go). The store is
// Redis behind Sentinel, then Redis Cluster (stores_test.go). An editor withdraws and puts back (editor_test.go); readers
// and a partner ask all the time, and note when they asked and what they got (readers_test.go, partner_test.go);
// a schedule that follows from a seed kills, stops and cuts off what there is (faults_test.go).
//
// Every answer is held against one rule: if it was asked for after a withdrawal was acknowledged as being
// everywhere, it does not hold what was withdrawn. At the end, when all is well again, nothing that was accepted is
// missing or there twice, every ledger verifies and holds what it has to, and no publisher was asked twice within
// its time (verdict_test.go).
//
// Besides, each fault is looked at by itself, always in the same way, with two servers (matrix_test.go): what is served and
// said while it lasts, and that all is well again by itself when it is over. scene_test.go has what every fault needs,
// patrol_test.go those who ask, expect_test.go and orders_test.go what has to be, audit_test.go what is looked at in the end.
package chaos
