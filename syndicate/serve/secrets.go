package serve

import (
	"context"
	"crypto/rand"
	"maps"

	"reprint/cache"
	"reprint/syndicate/access"
)

// secrets are those that all servers of a store share.
type secrets struct {
	turn       turn
	known      map[string][]byte // as the store has them
	remembered map[string][]byte // from before this process: what a store that lost them is offered
}

// secret returns a shared secret, and makes it where there is none.
func (s *Server) secret(ctx context.Context, name string) ([]byte, error) {
	if err := s.secrets.turn.take(ctx); err != nil {
		return nil, err
	}
	defer s.secrets.turn.give()
	if found := s.secrets.known[name]; found != nil {
		return found, nil
	}
	candidate := s.secrets.remembered[name]
	if candidate == nil {
		candidate = make([]byte, access.LinkSecretBytes)
		_, _ = rand.Read(candidate) // never fails
	}
	return s.share(ctx, name, candidate)
}

// share offers a secret to the store, and takes up the one that it has. It is the caller's turn.
func (s *Server) share(ctx context.Context, name string, candidate []byte) ([]byte, error) {
	found, err := s.store.Secret(ctx, name, candidate)
	if err != nil {
		return nil, err
	}
	if s.memory != nil {
		if err := s.memory.RememberSecret(name, found); err != nil {
			return nil, err
		}
	}
	if s.secrets.known == nil {
		s.secrets.known = make(map[string][]byte)
	}
	s.secrets.known[name] = found
	return found, nil
}

// giveBack tells a store that this server meets for the first time what it may have lost besides withdrawals: that tokens
// were revoked, and the secrets without which no cursor and no reader link of before is valid.
func (s *Server) giveBack(ctx context.Context) error {
	for key, at := range s.revoked.known() {
		if err := s.store.Revoke(ctx, cache.Revocation{Partner: key.Partner, Token: key.Token, At: at}); err != nil {
			return err
		}
	}
	if err := s.restoreClaims(ctx, nil); err != nil {
		return err
	}
	if err := s.secrets.turn.take(ctx); err != nil {
		return err
	}
	defer s.secrets.turn.give()
	offered := maps.Clone(s.secrets.remembered)
	if offered == nil {
		offered = make(map[string][]byte)
	}
	maps.Copy(offered, s.secrets.known)
	for name, secret := range offered {
		if _, err := s.share(ctx, name, secret); err != nil {
			return err
		}
	}
	return nil
}
