// Package claim is what becomes of a complaint about content or copyright (rule T4). It is pure.
//
// Somebody files a claim: a [Filing] in his own words, which nobody changes any more. It gets a number and becomes a
// [Claim]; what happens to it is a list of events, each of which [Claim.With] lets happen or not. The house may withhold
// what the claim names until it has decided; the one whom it concerns may answer; the house decides, or the claimant
// takes it back. A [Letter] says each of these things to whom it concerns, as text to be sent.
//
// A filing asks for what the rules of China (Regulation on the Right of Communication through Information Networks,
// articles 14 to 17; Civil Code, articles 1195 to 1197), of the United States (17 U.S.C. 512(c)(3) and (g)) and of the European Union
// (Regulation 2022/2065, article 16) want a notice to hold. What all want is required; what only some want may be left out, and
// [Filing.Meets] says which rules it meets then.
package claim
