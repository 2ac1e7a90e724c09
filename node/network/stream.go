package network

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

// Stream carries frames between two peers, in order, until either closes it.
// One goroutine may read while another writes.
type Stream struct {
	raw network.Stream
	in  *bufio.Reader
}

func newStream(raw network.Stream) *Stream {
	return &Stream{raw: raw, in: bufio.NewReaderSize(raw, 16<<10)}
}

// Peer returns the id of the other end, as the transport proved it.
func (s *Stream) Peer() string { return s.raw.Conn().RemotePeer().String() }

// RawPeer returns the bytes of the other end's id: what a transcript signs.
func (s *Stream) RawPeer() []byte { return []byte(s.raw.Conn().RemotePeer()) }

// Protocol returns what is spoken.
func (s *Stream) Protocol() string { return string(s.raw.Protocol()) }

// grow is how much is allocated for a frame before its bytes are there.
const grow = 64 << 10

// ReadFrame returns the next frame, of at most most bytes. The errors are
// [ErrFrame] for a longer one, [io.EOF] where the other end closed between two
// frames, [io.ErrUnexpectedEOF] within one, and those of the transport.
func (s *Stream) ReadFrame(most int) ([]byte, error) {
	n, err := s.readLength()
	if err != nil {
		return nil, err
	}
	if n > uint64(most) {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrFrame, n, most)
	}
	var frame bytes.Buffer
	frame.Grow(min(int(n), grow))
	if _, err := io.CopyN(&frame, s.in, int64(n)); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return frame.Bytes(), nil
}

// readLength reads an unsigned varint in its shortest form.
func (s *Stream) readLength() (n uint64, err error) {
	for shift := 0; ; shift += 7 {
		b, err := s.in.ReadByte()
		switch {
		case err != nil && shift > 0 && errors.Is(err, io.EOF):
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		case shift > 28 || b == 0 && shift > 0:
			return 0, fmt.Errorf("%w: its length is not well written", ErrFrame)
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n, nil
		}
	}
}

// WriteFrame sends one frame.
func (s *Stream) WriteFrame(frame []byte) error {
	b := make([]byte, 0, binary.MaxVarintLen32+len(frame))
	b = binary.AppendUvarint(b, uint64(len(frame)))
	_, err := s.raw.Write(append(b, frame...))
	return err
}

// SetDeadline bounds all reads and writes; the zero time lifts it.
func (s *Stream) SetDeadline(t time.Time) error { return s.raw.SetDeadline(t) }

// Close ends the stream after what was written has been sent; the other end
// may still write.
func (s *Stream) Close() error { return s.raw.CloseWrite() }

// Reset ends the stream at once, both ways.
func (s *Stream) Reset() { _ = s.raw.Reset() }
