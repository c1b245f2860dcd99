package supervise

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// private are folders of the machine that components write to whatever their configuration says. The cluster sees a folder
// of its own in each place.
var private = []string{
	"/run",                // shims' sockets, crun's state, the lock of iptables
	"/var/lib/cni",        // results of the network plugins
	"/var/lib/kubelet",    // sockets of device plugins
	"/var/log/containers", // links to containers' logs
}

// MakePrivateMountPoints makes the private folders that the machine lacks, so that something can be mounted there.
func MakePrivateMountPoints() error {
	for _, dir := range private {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// RemovePrivateMountPoints removes the private folders that are empty on the machine.
func RemovePrivateMountPoints() {
	for _, dir := range private {
		os.Remove(dir) // fails, as it should, on a folder that holds something
	}
}

// Isolate fits out the mount namespace that the process was started in. Mounts of the machine go on to appear in it; its
// own are seen by nobody else.
func Isolate() error {
	steps := []struct {
		what string
		do   func() error
	}{
		{"keep mounts from the machine", func() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, "") }},
		// Below that, volumes with mount propagation want a shared tree.
		{"share mounts among pods", func() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, "") }},
		{"mount /proc", func() error { return unix.Mount("proc", "/proc", "proc", 0, "") }},
		// crun refuses a machine with both generations of cgroups.
		{"hide cgroup2", func() error { return ignore(unix.Unmount("/sys/fs/cgroup/unified", 0), unix.EINVAL, unix.ENOENT) }},
		{"forward packets", func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	for _, dir := range private {
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil {
			return fmt.Errorf("mount a private %s: %w", dir, err)
		}
	}
	return nil
}

func ignore(err error, harmless ...error) error {
	for _, other := range harmless {
		if errors.Is(err, other) {
			return nil
		}
	}
	return err
}
