package network

import (
	"context"
	"log/slog"
	"sync"

	"github.com/libp2p/go-libp2p/gologshim"
)

// quiet passes on what is at least as loud as least.
type quiet struct {
	slog.Handler
	least slog.Level
}

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= q.least && q.Handler.Enabled(ctx, l)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{q.Handler.WithAttrs(attrs), q.least}
}

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name), q.least} }

var logOnce sync.Once

// handler returns what libp2p's loggers write to.
func handler(log *slog.Logger) slog.Handler {
	if log == nil {
		return slog.DiscardHandler
	}
	return quiet{log.Handler(), slog.LevelWarn}
}

// setLog sends libp2p's words to log, for the whole process. Libp2p's loggers
// keep the first handler they meet.
func setLog(log *slog.Logger) {
	logOnce.Do(func() { gologshim.SetDefaultHandler(handler(log)) })
}
