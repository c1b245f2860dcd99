// Package host looks after what the cluster needs of the machine and what it changes there.
package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// need is a file that a node needs and the Debian package that brings it.
type need struct{ path, debianPackage string }

var needs = []need{
	{"/usr/bin/containerd", "containerd"},
	{"/usr/bin/crun", "crun"},
	{"/usr/lib/cni/ptp", "containernetworking-plugins"},
	{"/usr/sbin/iptables-restore", "iptables"},
	{"/usr/sbin/ipset", "ipset"},
	{"/usr/sbin/ip", "iproute2"},
}

// Prepare installs the Debian packages that a node needs and the machine lacks.
func Prepare(ctx context.Context, log io.Writer) error {
	if os.Geteuid() != 0 {
		return errors.New("a node needs root: it makes namespaces, mounts and packet filters")
	}
	var missing []string
	for _, need := range needs {
		if _, err := os.Stat(need.path); err != nil {
			missing = append(missing, need.debianPackage)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("the machine lacks what these Debian packages bring, and has no apt-get to install them: %s", strings.Join(missing, " "))
	}
	fmt.Fprintln(log, "testcluster: installing", strings.Join(missing, " "))
	for _, arguments := range [][]string{{"update", "-qq"}, append([]string{"install", "-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}, missing...)} {
		command := exec.CommandContext(ctx, "apt-get", arguments...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", strings.Join(arguments, " "), err, output)
		}
	}
	return nil
}

// sysctls are those that the kubelet sets and that belong to the machine, not to a namespace.
var sysctls = []string{
	"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops",
	"kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes",
}

// Sysctls reads the machine's settings that a node changes, for RestoreSysctls.
func Sysctls() map[string]string {
	values := map[string]string{}
	for _, name := range sysctls {
		if content, err := os.ReadFile(filepath.Join("/proc/sys", name)); err == nil {
			values[name] = strings.TrimSpace(string(content))
		}
	}
	return values
}

// RestoreSysctls writes back what Sysctls read.
func RestoreSysctls(values map[string]string) error {
	var errs []error
	for name, value := range values {
		path := filepath.Join("/proc/sys", name)
		if current, err := os.ReadFile(path); err == nil && strings.TrimSpace(string(current)) != value {
			errs = append(errs, os.WriteFile(path, []byte(value), 0))
		}
	}
	return errors.Join(errs...)
}

const cgroups = "/sys/fs/cgroup"

// MakeCgroup makes the cgroup /name in every hierarchy. Two kubelets must not share one: each kills the processes of pods
// that it does not know.
func MakeCgroup(name string) error {
	if _, err := os.Stat(filepath.Join(cgroups, "cgroup.controllers")); err == nil {
		return makeUnifiedCgroup(name)
	}
	hierarchies, err := os.ReadDir(cgroups)
	if err != nil {
		return err
	}
	for _, hierarchy := range hierarchies {
		if hierarchy.IsDir() && hierarchy.Name() != "unified" {
			if err := os.MkdirAll(filepath.Join(cgroups, hierarchy.Name(), name), 0o755); err != nil {
				return err
			}
		}
	}
	// The whole node is one competitor beside each single process of the machine; pods would starve on a busy one.
	shares := filepath.Join(cgroups, "cpu", name, "cpu.shares")
	if err := os.WriteFile(shares, []byte("8192"), 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// makeUnifiedCgroup hands all controllers down to the new group, as the kubelet checks.
func makeUnifiedCgroup(name string) error {
	group := filepath.Join(cgroups, name)
	if err := os.MkdirAll(group, 0o755); err != nil {
		return err
	}
	controllers, err := os.ReadFile(filepath.Join(cgroups, "cgroup.controllers"))
	if err != nil {
		return err
	}
	var all bytes.Buffer
	for _, controller := range strings.Fields(string(controllers)) {
		fmt.Fprintf(&all, "+%s ", controller)
	}
	for _, dir := range []string{cgroups, group} {
		if err := os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), all.Bytes(), 0); err != nil {
			return fmt.Errorf("hand cgroup controllers down to /%s: %w", name, err)
		}
	}
	return nil
}

// RemoveCgroup removes the cgroup and all below it. Processes in it must have been killed: those that the kernel has not
// done away with yet are waited for, some seconds at most.
func RemoveCgroup(name string) error {
	deadline := time.Now().Add(20 * time.Second)
	roots, err := filepath.Glob(filepath.Join(cgroups, "*", name))
	if err != nil {
		return err
	}
	roots = append(roots, filepath.Join(cgroups, name))
	var errs []error
	for _, root := range roots {
		var groups []string
		filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				groups = append(groups, path)
			}
			return nil
		})
		for _, group := range slices.Backward(groups) { // children before their parents
			err := os.Remove(group)
			for errors.Is(err, unix.EBUSY) && time.Now().Before(deadline) {
				time.Sleep(10 * time.Millisecond)
				err = os.Remove(group)
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}
