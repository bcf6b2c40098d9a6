package serve

// catalogData is the page at the root: what there is, how to subscribe, on what terms.
type catalogData struct {
	frame
	Channels []channelCard
	Licenses []termsOf
}

// channelCard is a channel in the catalog.
type channelCard struct {
	*channel
	From []string // names of the sources; empty for all
}

func (t *site) catalog() (*representation, error) {
	data := catalogData{frame: t.frame(t.rules.House().Site.Name, t.url("/"))}
	for _, c := range t.channels {
		card := channelCard{channel: c}
		if len(c.Channel.Sources) > 0 {
			for _, id := range c.sources {
				if source, ok := t.rules.Source(id); ok {
					card.From = append(card.From, source.Name)
				}
			}
		}
		data.Channels = append(data.Channels, card)
	}
	for _, l := range t.rules.House().Licenses {
		if l, ok := t.rules.License(l.ID); ok {
			data.Licenses = append(data.Licenses, t.terms(l))
		}
	}
	return t.page("catalog", data)
}

// licenseData is the page of one license.
type licenseData struct {
	frame
	Terms termsOf
}

func (t *site) license(id string) (*representation, error) {
	l, _ := t.rules.License(id)
	terms := t.terms(l)
	return t.page("license", licenseData{t.frame(terms.Name, t.url("/licenses/"+id)), terms})
}
