package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

// Report is what a load has done so far. It is printed as a line of JSON, twice a second and at the end.
type Report struct {
	Requests    int            `json:"requests"`    // answered as they should be
	Failed      int            `json:"failed"`      // by another status, or by no whole answer
	Resent      int            `json:"resent"`      // because a kept connection ended before a byte of the answer (RFC 9112 section 9.3.1)
	Connections int            `json:"connections"` // opened
	Announced   int            `json:"announced"`   // connections whose end was announced by Connection: close
	SlowestMs   int64          `json:"slowestMs"`
	Pods        map[string]int `json:"pods"` // answers by server
}

type loader struct {
	target *url.URL
	proxy  string // HOST:PORT; empty for none
	tunnel bool
	stay   bool

	mutex  sync.Mutex
	report Report
}

// load keeps a number of connections busy. It is strict where HTTP clients are usually forgiving: the one thing that it
// does twice is a request on a kept connection that ended without a byte of an answer, and that is counted.
func load(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	target := flags.String("url", "", "what to GET; http alone")
	proxy := flags.String("proxy", "", "HOST:PORT of a forward proxy")
	tunnel := flags.Bool("tunnel", false, "go through the proxy by CONNECT instead of an absolute-form target")
	stay := flags.Bool("stay", false, "a connection that ends, announced or not, is a failure")
	connections := flags.Int("connections", 4, "how many to keep")
	rate := flags.Int("rate", 50, "requests a second, over all connections")
	count := flags.Int("count", 100_000, "requests at most")
	if err := flags.Parse(args); err != nil {
		return err
	}
	parsed, err := url.Parse(*target)
	if err != nil || parsed.Scheme != "http" || parsed.Host == "" {
		return fmt.Errorf("--url %q: want http://HOST/", *target)
	}
	if *tunnel && *proxy == "" {
		return errors.New("--tunnel needs --proxy")
	}
	l := &loader{target: parsed, proxy: *proxy, tunnel: *tunnel, stay: *stay, report: Report{Pods: map[string]int{}}}

	beats := make(chan struct{})
	go func() {
		defer close(beats)
		beat := time.NewTicker(time.Second / time.Duration(*rate))
		defer beat.Stop()
		for range *count {
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
			}
			select {
			case <-ctx.Done():
				return
			case beats <- struct{}{}:
			}
		}
	}()
	var workers sync.WaitGroup
	for range *connections {
		workers.Go(func() { l.work(beats) })
	}
	done := make(chan struct{})
	go func() { workers.Wait(); close(done) }()
	for tick := time.Tick(500 * time.Millisecond); ; {
		select {
		case <-tick:
			l.print()
		case <-done:
			if failed := l.print().Failed; failed != 0 {
				return fmt.Errorf("%d requests failed", failed)
			}
			return nil
		}
	}
}

func (l *loader) print() Report {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	line, _ := json.Marshal(l.report)
	fmt.Println(string(line))
	return l.report
}

func (l *loader) count(change func(*Report)) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	change(&l.report)
}

// connection is one to the server, the proxy, or through the proxy.
type connection struct {
	net.Conn
	in   *bufio.Reader
	used bool
}

func (l *loader) work(beats <-chan struct{}) {
	var open *connection
	for range beats {
		start := time.Now()
		next, pod, err := l.exchange(open)
		open = next
		took := time.Since(start)
		l.count(func(r *Report) {
			if err != nil {
				r.Failed++
				return
			}
			r.Requests++
			r.Pods[pod]++
			r.SlowestMs = max(r.SlowestMs, took.Milliseconds())
		})
		if err != nil {
			fmt.Fprintf(os.Stderr, "failed: %s after %d ms: %v\n", start.UTC().Format("15:04:05.000"), took.Milliseconds(), err)
		}
	}
	if open != nil {
		open.Close()
	}
}

var errUnanswered = errors.New("the connection ended before the answer began")

// exchange sends one request, on the given connection if it is not nil, and returns the connection if it can be kept.
func (l *loader) exchange(open *connection) (kept *connection, pod string, err error) {
	if open == nil {
		if open, err = l.dial(); err != nil {
			return nil, "", err
		}
	}
	kept, pod, err = l.ask(open)
	if !errors.Is(err, errUnanswered) || !open.used || l.stay {
		return kept, pod, err
	}
	l.count(func(r *Report) { r.Resent++ })
	if open, err = l.dial(); err != nil {
		return nil, "", err
	}
	return l.ask(open)
}

func (l *loader) dial() (*connection, error) {
	l.count(func(r *Report) { r.Connections++ })
	address := l.proxy
	if address == "" {
		address = hostPort(l.target)
	}
	plain, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	dialled := &connection{Conn: plain, in: bufio.NewReader(plain)}
	if !l.tunnel {
		return dialled, nil
	}
	dialled.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(dialled, "CONNECT %[1]s HTTP/1.1\r\nHost: %[1]s\r\n\r\n", hostPort(l.target))
	answer, err := http.ReadResponse(dialled.in, &http.Request{Method: http.MethodConnect})
	if err == nil && answer.StatusCode != http.StatusOK {
		err = wrong(answer)
	}
	if err != nil {
		dialled.Close()
		return nil, fmt.Errorf("CONNECT: %w", err)
	}
	return dialled, nil
}

func hostPort(target *url.URL) string {
	if target.Port() == "" {
		return net.JoinHostPort(target.Hostname(), "80")
	}
	return target.Host
}

func (l *loader) ask(on *connection) (kept *connection, pod string, err error) {
	defer func() {
		if kept == nil {
			on.Close()
		}
	}()
	form := l.target.RequestURI()
	if l.proxy != "" && !l.tunnel {
		form = l.target.String()
	}
	on.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := fmt.Fprintf(on, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", form, l.target.Host); err != nil {
		return nil, "", fmt.Errorf("%w: %w", errUnanswered, err)
	}
	if _, err := on.in.Peek(1); err != nil {
		return nil, "", fmt.Errorf("%w: %w", errUnanswered, err)
	}
	answer, err := http.ReadResponse(on.in, &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil, "", err
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return nil, "", err
	}
	on.used = true
	if answer.StatusCode != http.StatusOK {
		if answer.Close {
			return nil, "", wrong(answer)
		}
		return on, "", wrong(answer)
	}
	pod = answer.Header.Get(podHeader)
	if !answer.Close {
		return on, pod, nil
	}
	l.count(func(r *Report) { r.Announced++ })
	if l.stay {
		return nil, "", errors.New("Connection: close")
	}
	return nil, pod, nil
}

func wrong(answer *http.Response) error {
	fields := maps.Clone(answer.Header)
	fields.Del("Date")
	return fmt.Errorf("%s %v", answer.Status, fields)
}
