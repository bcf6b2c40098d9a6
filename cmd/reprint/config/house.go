package config

import (
	"time"

	"reprint/syndicate"
)

// house makes what decisions rest on of the file.
func (b *builder) house() syndicate.House {
	h := syndicate.House{Site: b.site()}
	for _, l := range b.file.Licenses {
		h.Licenses = append(h.Licenses, syndicate.License{
			ID: l.ID, Name: l.Name, URL: l.URL, SPDX: l.SPDX, Reprint: l.Reprint, Disclaimer: l.Disclaimer,
			Public: syndicate.Grant{Text: l.Public.Text, ExcerptChars: l.Public.ExcerptChars, Pictures: l.Public.Pictures},
		})
	}
	for _, o := range b.file.Origins {
		h.Origins = append(h.Origins, syndicate.Outlet(o))
	}
	for _, s := range b.file.Sources {
		source := syndicate.Source{ID: s.ID, Name: s.Name, Home: s.Home, License: s.License, TrustItemLicense: s.TrustItemLicense}
		if isURL(s.Feed) {
			source.Feed = s.Feed
		}
		h.Sources = append(h.Sources, source)
	}
	for _, c := range b.file.Channels {
		if c.Limit == 0 {
			c.Limit = defaultLimit
		}
		h.Channels = append(h.Channels, syndicate.Channel(c))
	}
	for _, p := range b.file.Partners {
		partner := syndicate.Partner{ID: p.ID, Name: p.Name, Contact: p.Contact}
		for _, a := range p.Agreements {
			partner.Agreements = append(partner.Agreements, b.agreement(a))
		}
		h.Partners = append(h.Partners, partner)
	}
	return h
}

func (b *builder) site() syndicate.Site {
	s := b.file.Site
	site := syndicate.Site{
		Name: s.Name, URL: s.URL, Language: or(s.Language, defaultLanguage), Names: s.House, Channels: s.HouseChannels,
		StaffCredits: s.StaffCredits, DenyCredits: s.DenyCredits, Contact: syndicate.Contact(s.Contact),
		Zone: b.zone, ClaimDays: defaultClaimDays, AnswerDays: defaultAnswerDays, UnknownOrigin: s.UnknownOrigin,
	}
	if s.AnswerDays != nil {
		site.AnswerDays = *s.AnswerDays
	}
	switch s.Withhold {
	case "", "none":
	case "signed":
		site.WithholdSigned = true
	default:
		b.report("$.site.withhold", "is neither none nor signed", "leave it out to decide on every claim before anything is withdrawn")
	}
	if s.NoticeDays != nil {
		site.NoticeTime = b.noticeTime(*s.NoticeDays)
	}
	if s.ClaimDays != nil {
		site.ClaimDays = *s.ClaimDays
	}
	if len(s.Notices) > 0 {
		site.Words = make(map[string]syndicate.Words)
	}
	for language, w := range s.Notices {
		site.Words[language] = syndicate.Words(w)
	}
	return site
}

// mostNoticeDays is how long a notice may stand: older items are in no feed any more.
const mostNoticeDays = 365

func (b *builder) noticeTime(days int) time.Duration {
	if days < 0 || days > mostNoticeDays {
		b.report("$.site.notice_days", "is no number of days from 0 to 365", "write how long readers have to overwrite their copy, such as 14, or 0")
	}
	if days == 0 {
		return -1
	}
	return time.Duration(days) * 24 * time.Hour
}

// agreement makes an agreement of the file's: its days begin and end in the site's zone.
func (b *builder) agreement(a Agreement) syndicate.Agreement {
	return syndicate.Agreement{
		ID: a.ID, Covers: syndicate.Coverage(a.Covers), Text: a.Text, Pictures: a.Pictures,
		From: a.From.begin(b.zone), Until: a.Until.end(b.zone),
		Embargo: time.Duration(a.Embargo), Window: time.Duration(a.Window), DailyCap: a.DailyCap, Attribution: a.Attribution,
		Terms: a.Terms, Territory: a.Territory, Purpose: a.Purpose, ReaderLink: a.ReaderLink,
	}
}
