package syndicate

// Order is what somebody asked to have withdrawn, or put back. It is durable before the store hears
// of it, so that it is carried out even if the store does not answer, or the server ends, in
// between.
type Order struct {
	Key string `json:"key"` // makes asking twice the same as asking once
	// Targets are as they were named: items, source:ID, origin:NAME, picture:URL.
	Targets []string `json:"targets"`
	// Model is what the entries of all targets have in common.
	Model Withdrawal `json:"model"`
}

// Settlement is what became of an order.
type Settlement struct {
	Key string `json:"key"`
	// Epoch is that of its last entry, 0 where it came to nothing for the Problem.
	Epoch   int64  `json:"epoch,omitempty"`
	Problem string `json:"problem,omitempty"`
	// Purge tells that the caches in front are to be purged for it, and Copies that copies of its items are to be
	// looked for.
	Purge  bool `json:"purge,omitempty"`
	Copies bool `json:"copies,omitempty"`
}

// Purge is what came of telling the caches in front of an order.
type Purge struct {
	Key     string `json:"key"`
	Tries   int    `json:"tries"`
	Problem string `json:"problem,omitempty"` // why it was given up
}
