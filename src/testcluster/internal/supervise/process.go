package supervise

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Process names a process for good: a number alone may be another's by the time that it is used.
type Process struct {
	ID      int    `json:"id"`
	Started string `json:"started"` // clock ticks since boot, as in /proc/ID/stat
}

// Identify names the running process with this number.
func Identify(id int) (Process, error) {
	stat, err := readStat(id)
	return Process{id, stat.started}, err
}

// Alive tells whether the process still runs. One that ended and waits for its parent to notice does not.
func (p Process) Alive() bool {
	stat, err := readStat(p.ID)
	return err == nil && stat.started == p.Started && stat.alive()
}

// Kill ends the process at once, and all others of the session that it leads, and waits until they are gone. If it is the
// first process of a process namespace, the kernel ends the namespace's others before it.
func (p Process) Kill(patience time.Duration) error {
	if !p.Alive() {
		return nil // and the number may be that of another's session by now
	}
	if err := unix.Kill(p.ID, unix.SIGKILL); err != nil && err != unix.ESRCH {
		return fmt.Errorf("kill process %d: %w", p.ID, err)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		left, err := p.session()
		if err != nil {
			return err
		}
		if len(left) == 0 && !p.Alive() {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v still run %s after process %d was killed", left, patience, p.ID)
		}
		for _, process := range left {
			unix.Kill(process.ID, unix.SIGKILL)
		}
	}
}

// session finds the living processes of the session that the process leads, or led until now.
func (p Process) session() ([]Process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var found []Process
	for _, entry := range entries {
		id, err := strconv.Atoi(entry.Name())
		if err != nil || id == p.ID {
			continue
		}
		if stat, err := readStat(id); err == nil && stat.session == p.ID && stat.alive() {
			found = append(found, Process{id, stat.started})
		}
	}
	return found, nil
}

// stat is what matters of /proc/ID/stat, see proc(5).
type stat struct {
	state, started string
	session        int
}

func (s stat) alive() bool { return s.state != "Z" && s.state != "X" }

func readStat(id int) (stat, error) {
	path := "/proc/" + strconv.Itoa(id) + "/stat"
	content, err := os.ReadFile(path)
	if err != nil {
		return stat{}, err
	}
	return parseStat(content)
}

// parseStat reads the fields after the second, a file name in parentheses that may hold anything.
func parseStat(content []byte) (stat, error) {
	fields := bytes.Fields(content[bytes.LastIndexByte(content, ')')+1:])
	if len(fields) < 20 {
		return stat{}, fmt.Errorf("%d fields after the name in %q, want 20 or more", len(fields), content)
	}
	session, err := strconv.Atoi(string(fields[3]))
	return stat{string(fields[0]), string(fields[19]), session}, err
}
