package parse

// The bounds of a document. All but [MaxItems] refuse it.
const (
	// MaxBytes is how long a document may be, decompressed.
	MaxBytes = 8 << 20
	// MaxItems is how many items are kept; those after them are left out and reported.
	MaxItems = 1000

	// maxDepth is how deeply the elements of a feed may nest, and the values of a JSON
	// feed. The markup inside a body may go as deep as an HTML parser follows it.
	maxDepth       = 64
	maxMarkupDepth = 512
	// maxNamespaces is how many namespace declarations may be in scope.
	maxNamespaces = 64
	// maxScopeWork bounds the sum of the namespaces in scope over all elements: gofeed
	// copies them for each.
	maxScopeWork = 4_000_000
	// maxAttributes is how many attributes an element may have, namespaces included.
	maxAttributes = 128
	// maxElements is how many elements a document may have, or values in JSON.
	maxElements = 150_000

	// maxTag is how long one tag may be, in bytes; it leaves room for a data: URL.
	maxTag = 512 << 10
	// maxText is how long one run of text may be, in bytes.
	maxText = 2 << 20
	// maxDoctype is how long a document type with its internal subset may be, in bytes.
	maxDoctype = 4 << 10

	// maxValue is how much is kept of the text of an element that the walk reads, in bytes.
	maxValue = 64 << 10
	// maxStatements, maxFiles and maxFacts bound what is kept for one entry.
	maxStatements = 64
	maxFiles      = 256
	maxFacts      = 64
	// maxLosses is how many losses are listed.
	maxLosses = 50
	// maxMends is how many broken items are taken out one by one, before the rest is cut.
	maxMends = 8
)
