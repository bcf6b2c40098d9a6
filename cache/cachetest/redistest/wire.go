package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Do sends a command and returns its reply; of an array the elements, with those of arrays in it in their place. It is
// for what the store itself never asks: its own client is what is being tested.
func (s *Server) Do(args ...string) ([]string, error) {
	c, err := net.DialTimeout("tcp", s.Addr, time.Second)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := io.WriteString(c, b.String()); err != nil {
		return nil, err
	}
	return readReply(bufio.NewReader(c))
}

// readReply reads one reply of the Redis protocol, version 2.
func readReply(r *bufio.Reader) ([]string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, rest := line[0], strings.TrimSpace(line[1:])
	n, _ := strconv.Atoi(rest)
	switch kind {
	case '-':
		return nil, errors.New(rest)
	case '$':
		return readBulk(r, n)
	case '*':
		var all []string
		for range n {
			part, err := readReply(r)
			if err != nil {
				return nil, err
			}
			all = append(all, part...)
		}
		return all, nil
	}
	return []string{rest}, nil
}

func readBulk(r io.Reader, n int) ([]string, error) {
	if n < 0 {
		return []string{""}, nil
	}
	text := make([]byte, n+2)
	_, err := io.ReadFull(r, text)
	return []string{string(text[:n])}, err
}

// Info returns what a server says of itself under a name, such as role.
func (s *Server) Info(name string) string {
	reply, err := s.Do("INFO")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(reply[0]) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
