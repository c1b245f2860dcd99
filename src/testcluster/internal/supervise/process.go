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
	_, started, err := stat(id)
	return Process{id, started}, err
}

// Alive tells whether the process still runs. One that ended and waits for its parent to notice does not.
func (p Process) Alive() bool {
	state, started, err := stat(p.ID)
	return err == nil && started == p.Started && state != "Z" && state != "X"
}

// Kill ends the process at once and waits until it is gone, which for the first process of a process namespace includes
// all others in there.
func (p Process) Kill(patience time.Duration) error {
	if !p.Alive() {
		return nil
	}
	if err := unix.Kill(p.ID, unix.SIGKILL); err != nil && err != unix.ESRCH {
		return fmt.Errorf("kill process %d: %w", p.ID, err)
	}
	for deadline := time.Now().Add(patience); p.Alive(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d still runs %s after it was killed", p.ID, patience)
		}
	}
	return nil
}

// stat reads two fields of /proc/ID/stat, see proc(5). The second field, a file name in parentheses, may hold anything.
func stat(id int) (state, started string, err error) {
	path := "/proc/" + strconv.Itoa(id) + "/stat"
	content, err := os.ReadFile(path)
	if err != nil {
		return "", "", err
	}
	fields := bytes.Fields(content[bytes.LastIndexByte(content, ')')+1:])
	if len(fields) < 20 {
		return "", "", fmt.Errorf("%s: %d fields after the name, want 20 or more", path, len(fields))
	}
	return string(fields[0]), string(fields[19]), nil
}
