package cluster

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"sallyport.dev/testcluster/internal/config"
	"sallyport.dev/testcluster/internal/image"
)

// InternetNamespace is the network namespace of the tests' internet, for `ip netns exec`.
func (c *Cluster) InternetNamespace() (string, error) {
	return c.record.Cluster.Network.InternetNamespace(), c.needNode()
}

// NodeAddress is where node ports are reached.
func (c *Cluster) NodeAddress() (netip.Addr, error) {
	return c.record.Cluster.Network.Node(), c.needNode()
}

// Load imports the images of an OCI archive or docker-archive into the node. A name replaces that of the archive's only
// image. Returns the complete names of the images.
func (c *Cluster) Load(ctx context.Context, file, name string) ([]string, error) {
	if err := c.needNode(); err != nil {
		return nil, err
	}
	archive, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	relabelled, pipe := io.Pipe()
	var names []string
	var relabelError error
	done := make(chan struct{})
	go func() {
		defer close(done)
		names, relabelError = image.Relabel(archive, pipe, name)
		pipe.CloseWithError(relabelError)
	}()
	importError := ctr(ctx, c.record.Cluster, relabelled, "--namespace", "k8s.io", "images", "import", "-")
	relabelled.CloseWithError(io.ErrClosedPipe) // frees the copy if ctr has left the rest unread
	<-done
	switch {
	case relabelError != nil && relabelError != io.ErrClosedPipe:
		return nil, fmt.Errorf("%s: %w", file, relabelError)
	case importError != nil:
		return nil, fmt.Errorf("%s: %w", file, importError)
	}
	return names, nil
}

func ctr(ctx context.Context, c config.Cluster, input io.Reader, arguments ...string) error {
	command := exec.CommandContext(ctx, "ctr", append([]string{"--address", c.ContainerdSocket()}, arguments...)...)
	command.Stdin = input
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("ctr %s: %w: %s", strings.Join(arguments, " "), err, bytes.TrimSpace(output))
	}
	return nil
}

// Name makes a host name resolve to these addresses in the cluster, in place of those that it had; with none, the name
// ceases to exist. Returns when the cluster's name server answers so.
func (c *Cluster) Name(ctx context.Context, name string, addresses []netip.Addr) error {
	if err := c.needNode(); err != nil {
		return err
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || strings.ContainsAny(name, " \t\n#") {
		return fmt.Errorf("%q is no host name", name)
	}
	if err := c.editHosts(name, addresses); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		answer, err := resolve(ctx, c.record.Cluster, name)
		if sameAddresses(answer, addresses) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the name server answers %v for %s (%v), want %v", answer, name, err, addresses)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// editHosts rewrites the file that the name server reads, one writer at a time.
func (c *Cluster) editHosts(name string, addresses []netip.Addr) error {
	lock, err := os.OpenFile(filepath.Join(c.record.Cluster.Dir, "hosts.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return err
	}
	path := c.record.Cluster.Hosts()
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return replaceFile(path, withName(old, name, addresses))
}

// withName changes the lines of a hosts file that speak of the name. Each line has one address and one name.
func withName(hosts []byte, name string, addresses []netip.Addr) []byte {
	var edited bytes.Buffer
	for line := range strings.Lines(string(hosts)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[1] != name {
			edited.WriteString(line)
		}
	}
	for _, address := range addresses {
		fmt.Fprintf(&edited, "%s %s\n", address, name)
	}
	return edited.Bytes()
}

// resolve asks the cluster's name server, from the machine.
func resolve(ctx context.Context, c config.Cluster, name string) ([]netip.Addr, error) {
	resolver := net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, netip.AddrPortFrom(c.Network.DNS(), 53).String())
		},
	}
	return resolver.LookupNetIP(ctx, "ip", name+".")
}

func sameAddresses(a, b []netip.Addr) bool {
	normal := func(all []netip.Addr) []netip.Addr {
		var sorted []netip.Addr
		for _, address := range all {
			sorted = append(sorted, address.Unmap())
		}
		slices.SortFunc(sorted, netip.Addr.Compare)
		return slices.Compact(sorted)
	}
	return slices.Equal(normal(a), normal(b))
}
