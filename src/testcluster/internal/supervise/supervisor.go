// Package supervise runs the cluster's components as children of one process, the supervisor, which starts, stops and
// tells of them on request over a socket. With a node, the supervisor is the first process of its own process and mount
// namespace, so that the kernel ends everything that ever ran in the cluster when the supervisor ends.
//
// A component that ends by itself is not started again: in a test that is a finding.
package supervise

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Component is a program of the cluster.
type Component struct {
	Name string   `json:"name"`
	Argv []string `json:"argv"` // Argv[0] is the program's path
}

// Status is what the supervisor knows of a component.
type Status struct {
	Name    string `json:"name"`
	Running bool   `json:"running"`
	Ended   string `json:"ended,omitempty"` // how the component ended: "exit status 1", "signal: killed"
}

// request and response are one line of JSON each, one of each on a connection.
type request struct {
	Action    action    `json:"action"`
	Component Component `json:"component"`
}

type action string

const (
	start action = "start" // without Argv: again as before
	stop  action = "stop"
	list  action = "list"
)

type response struct {
	Error  string   `json:"error,omitempty"`
	Status []Status `json:"status,omitempty"`
}

// gracePeriod is what a stopped component gets between SIGTERM and SIGKILL. It is short on purpose: tests that stop the
// API server want it gone, not drained.
const gracePeriod = time.Second

type child struct {
	component Component
	process   *os.Process
	done      chan struct{} // closed when the process has ended
	ended     string        // how, readable after done
}

// Supervisor owns the children.
type Supervisor struct {
	logs     string
	starting chan func() // run on one thread that lives as long as the process

	mu       sync.Mutex
	children []*child // in the order of their first start, at most one a name
}

// New makes a supervisor whose children write DIR/NAME.log below the folder logs.
func New(logs string) *Supervisor {
	s := &Supervisor{logs: logs, starting: make(chan func())}
	go func() {
		// A child gets its parent-death signal when the thread that made it ends, so one must stay for that.
		runtime.LockOSThread()
		for start := range s.starting {
			start()
		}
	}()
	return s
}

// Serve answers requests on the socket until the process ends.
func (s *Supervisor) Serve(socket string) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGCHLD)
	go func() {
		for range signals {
			s.reap()
		}
	}()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go s.answer(connection)
	}
}

func (s *Supervisor) answer(connection net.Conn) {
	defer connection.Close()
	line, err := bufio.NewReader(connection).ReadBytes('\n')
	if err != nil {
		return // the client went away
	}
	var ask request
	if err = json.Unmarshal(line, &ask); err == nil {
		switch ask.Action {
		case start:
			err = s.start(ask.Component)
		case stop:
			err = s.stop(ask.Component.Name)
		case list:
		default:
			err = fmt.Errorf("unknown action %q", ask.Action)
		}
	}
	answer := response{Status: s.status()}
	if err != nil {
		answer.Error = err.Error()
	}
	json.NewEncoder(connection).Encode(answer)
}

func (s *Supervisor) start(component Component) error {
	s.mu.Lock()
	defer s.mu.Unlock() // held until the child is known, so that reap cannot meet it before
	index := s.index(component.Name)
	if index >= 0 {
		if s.children[index].running() {
			return fmt.Errorf("%s runs already", component.Name)
		}
		if component.Argv == nil {
			component = s.children[index].component
		}
	}
	if len(component.Argv) == 0 {
		return s.unknown(component.Name)
	}
	log, err := os.OpenFile(filepath.Join(s.logs, component.Name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	started := &child{component: component, done: make(chan struct{})}
	s.onLastingThread(func() {
		started.process, err = os.StartProcess(component.Argv[0], component.Argv, &os.ProcAttr{
			Dir:   "/",
			Env:   os.Environ(),
			Files: []*os.File{nil, log, log},
			Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
		})
	})
	if err != nil {
		return fmt.Errorf("start %s: %w", component.Name, err)
	}
	if index >= 0 {
		s.children[index] = started
	} else {
		s.children = append(s.children, started)
	}
	return nil
}

func (s *Supervisor) stop(name string) error {
	s.mu.Lock()
	index := s.index(name)
	if index < 0 {
		defer s.mu.Unlock()
		return s.unknown(name)
	}
	stopped := s.children[index]
	s.mu.Unlock()

	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := stopped.process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop %s: %w", name, err)
		}
		select {
		case <-stopped.done:
			return nil
		case <-time.After(gracePeriod):
		}
	}
	return fmt.Errorf("%s still runs after SIGKILL", name)
}

// reap takes note of every ended process: the children, and in a process namespace also orphans, such as the containerd
// shims, whose parent the supervisor becomes.
func (s *Supervisor) reap() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		var status syscall.WaitStatus
		id, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || id <= 0 {
			return
		}
		for _, child := range s.children {
			if child.process.Pid == id && child.running() {
				child.ended = describe(status)
				close(child.done)
			}
		}
	}
}

func (s *Supervisor) status() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Status
	for _, child := range s.children {
		running := child.running()
		status := Status{Name: child.component.Name, Running: running}
		if !running {
			status.Ended = child.ended
		}
		all = append(all, status)
	}
	return all
}

func (s *Supervisor) index(name string) int {
	return slices.IndexFunc(s.children, func(c *child) bool { return c.component.Name == name })
}

func (s *Supervisor) unknown(name string) error {
	var names []string
	for _, child := range s.children {
		names = append(names, child.component.Name)
	}
	return fmt.Errorf("no component %q; there are %q", name, names)
}

func (s *Supervisor) onLastingThread(f func()) {
	done := make(chan struct{})
	s.starting <- func() { defer close(done); f() }
	<-done
}

func (c *child) running() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

func describe(status syscall.WaitStatus) string {
	if status.Signaled() {
		return "signal: " + status.Signal().String()
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus())
}
