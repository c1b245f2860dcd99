// Package cluster brings clusters up and takes them down, and does to running ones what tests need.
package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sallyport.dev/testcluster/internal/config"
	"sallyport.dev/testcluster/internal/host"
	"sallyport.dev/testcluster/internal/supervise"
)

// recordFile is in the cluster's folder and makes it known as one.
const recordFile = "cluster.json"

// record is all that is remembered of a cluster between two commands. It is written as soon as there is something to undo, so
// that `down` finds what is left, whatever ended `up`.
type record struct {
	Cluster    config.Cluster    `json:"cluster"`
	Supervisor supervise.Process `json:"supervisor"`
	Sysctls    map[string]string `json:"sysctls,omitempty"` // the machine's, from before
}

// Cluster is a running cluster.
type Cluster struct {
	record record
}

// Open finds the cluster of this folder.
func Open(dir string) (*Cluster, error) {
	record, err := readRecord(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no cluster in %s: `testcluster up` makes one", dir)
	}
	return &Cluster{record}, err
}

// Kubeconfig is the path of the administrator's kubeconfig.
func (c *Cluster) Kubeconfig() string { return c.record.Cluster.Kubeconfig("admin") }

// Kubectl is the path of a kubectl of the cluster's version.
func (c *Cluster) Kubectl() string { return kubectl(c.record.Cluster) }

// Status tells of the cluster's components.
func (c *Cluster) Status(ctx context.Context) ([]supervise.Status, error) {
	return c.supervisor().Status(ctx)
}

// Stop ends one component, Start runs it again.
func (c *Cluster) Stop(ctx context.Context, name string) error { return c.supervisor().Stop(ctx, name) }
func (c *Cluster) Start(ctx context.Context, name string) error {
	return c.supervisor().Start(ctx, supervise.Component{Name: name})
}

func (c *Cluster) supervisor() supervise.Client { return client(c.record.Cluster) }

func (c *Cluster) needNode() error {
	if !c.record.Cluster.Node {
		return errors.New("this cluster has no node: it was made without --node")
	}
	return nil
}

// Down ends the cluster of this folder and undoes all that it did to the machine. Nothing there is no error.
func Down(ctx context.Context, dir string) error {
	record, err := readRecord(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	// The rest would fail or come back while something runs.
	if err := record.Supervisor.Kill(20 * time.Second); err != nil {
		return err
	}
	var errs []error
	if record.Cluster.Node {
		errs = append(errs,
			record.Cluster.Network.Remove(ctx),
			host.RemoveCgroup(record.Cluster.Cgroup()),
			host.RestoreSysctls(record.Sysctls))
		supervise.RemovePrivateMountPoints()
	}
	if err := errors.Join(errs...); err != nil {
		return err // keeps the record, so that `down` can be tried again
	}
	return removeFolder(dir)
}

// removeFolder removes the cluster's folder; the record goes last.
func removeFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() != recordFile {
			if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return os.RemoveAll(dir)
}

func readRecord(dir string) (record, error) {
	var r record
	content, err := os.ReadFile(filepath.Join(dir, recordFile))
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(content, &r); err != nil {
		return r, fmt.Errorf("%s: %w", filepath.Join(dir, recordFile), err)
	}
	return r, nil
}

func (r record) write() error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(r.Cluster.Dir, recordFile), content)
}

// replaceFile writes a file so that readers see the old content or the new, never a part.
func replaceFile(path string, content []byte) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, content, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

func client(c config.Cluster) supervise.Client {
	return supervise.Client{Socket: filepath.Join(c.Dir, "supervisor.sock")}
}

func kubectl(c config.Cluster) string { return filepath.Join(c.Dir, "bin", "kubectl") }

// checkFolder refuses folders that a cluster could not live in, or that hold something else.
func checkFolder(dir string) error {
	for _, hidden := range []string{"/run", "/var/run", "/var/lib/kubelet", "/var/lib/cni"} {
		if dir == hidden || strings.HasPrefix(dir, hidden+"/") {
			return fmt.Errorf("the cluster cannot live in %s: its processes see a %s of their own", dir, hidden)
		}
	}
	if longest := filepath.Join(dir, "supervisor.sock"); len(longest) > 90 {
		return fmt.Errorf("%s is too long a path for the sockets in it", dir)
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && len(entries) == 0) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%s holds something that is not a cluster", dir)
	}
	return err
}
