package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"syscall"

	"reprint/cache"
)

// lowSpace is how much free disk space is too little.
const lowSpace = 256 << 20

// Check implements cache.Store: the file is whole, writes are durable, there is room.
func (s *Store) Check(ctx context.Context) []cache.Finding {
	return []cache.Finding{s.checkFile(ctx), s.checkDurable(ctx), s.checkSpace()}
}

func (s *Store) checkFile(ctx context.Context) cache.Finding {
	f := cache.Finding{Check: "sqlite file", Detail: s.path + " is whole"}
	var result string
	err := s.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&result)
	if err != nil || result != "ok" {
		f.Severity, f.Detail = cache.Refuse, fmt.Sprintf("%s is damaged: %s %v", s.path, result, err)
		f.Remedy = "restore the file from a copy, or move it away and let the sources be polled anew"
	}
	return f
}

func (s *Store) checkDurable(ctx context.Context) cache.Finding {
	f := cache.Finding{Check: "sqlite durability"}
	var mode string
	var level int
	err := s.write.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
	if err == nil {
		err = s.write.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&level)
	}
	f.Detail = fmt.Sprintf("journal_mode %s, synchronous %d", mode, level)
	if err != nil || mode != "wal" || level < 2 {
		f.Severity = cache.Warn
		f.Remedy = "keep the file on a local disk, where SQLite can share memory with other processes"
	}
	return f
}

func (s *Store) checkSpace() cache.Finding {
	f := cache.Finding{Check: "sqlite disk space"}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(s.path), &fs); err != nil {
		f.Severity, f.Detail, f.Remedy = cache.Warn, err.Error(), "look at the file system by hand"
		return f
	}
	free := int64(fs.Bavail) * int64(fs.Bsize)
	f.Detail = fmt.Sprintf("%d MiB free", free>>20)
	if free < lowSpace {
		f.Severity, f.Remedy = cache.Warn, "make room, or move the store to another disk: a full disk takes no items"
	}
	return f
}
