// Package network plans one cluster's addresses and builds the network namespaces that it lives in.
//
// The whole cluster lives in a network namespace of its own, which the machine reaches over one veth pair, as if the
// node were another machine. So a cluster needs no free ports, meets no foreign packet filter, leaves none of its own
// behind, and several clusters run side by side. A second namespace is the tests' internet.
//
//	machine ── 10.243.N.0/30 ── node (pods 10.244.N.0/24, Services 10.245.N.0/24) ── 10.243.N.4/30 ── internet 203.0.113.0/24
package network

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	maxClusters   = 64
	namespacesDir = "/run/netns"
)

// Internet is the range of TEST-NET-3 (RFC 5737): the internet namespace accepts every address of it.
var Internet = netip.MustParsePrefix("203.0.113.0/24")

// Network is the plan of the cluster with this number on this machine.
type Network struct {
	Index int `json:"index"`
}

// NodeNamespace and InternetNamespace are names for `ip netns`.
func (n Network) NodeNamespace() string     { return fmt.Sprintf("sallyport-%d", n.Index) }
func (n Network) InternetNamespace() string { return n.NodeNamespace() + "-internet" }

// Host is the machine's address towards the cluster, Node the cluster's towards the machine.
func (n Network) Host() netip.Addr { return n.link(1) }
func (n Network) Node() netip.Addr { return n.link(2) }

// DNS is the address of the cluster's name server. It is the node's, not a Service's: names resolve without kube-proxy.
func (n Network) DNS() netip.Addr { return n.link(10) }

// Pods and Services are the ranges of pods and of Services; APIService is the Service "kubernetes".
func (n Network) Pods() netip.Prefix     { return n.prefix(244) }
func (n Network) Services() netip.Prefix { return n.prefix(245) }
func (n Network) APIService() netip.Addr { return n.Services().Addr().Next() }

func (n Network) nodeTowardsInternet() netip.Addr { return n.link(5) }
func (n Network) internetGateway() netip.Addr     { return n.link(6) }
func (n Network) hostLink() string                { return fmt.Sprintf("sallyport%d", n.Index) }
func (n Network) link(last byte) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 243, byte(n.Index), last})
}
func (n Network) prefix(second byte) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, second, byte(n.Index), 0}), 24)
}

// Allocate takes the first free number by making its node namespace, which only one process can succeed in.
func Allocate(ctx context.Context) (Network, error) {
	for index := range maxClusters {
		n := Network{index}
		if exists(n.NodeNamespace()) {
			continue
		}
		err := ip(ctx, "netns add "+n.NodeNamespace())
		if err == nil {
			return n, nil
		}
		if !exists(n.NodeNamespace()) {
			return Network{}, err
		}
	}
	return Network{}, fmt.Errorf("all %d numbers are taken: see `ip netns`", maxClusters)
}

// Connect builds everything around the node namespace.
func (n Network) Connect(ctx context.Context) error {
	node, internet := n.NodeNamespace(), n.InternetNamespace()
	for _, command := range []string{
		"link add %[host] type veth peer name uplink netns %[node]",
		"addr add %[hostAddress]/30 dev %[host]",
		"link set %[host] up",
		"-n %[node] link set lo up",
		"-n %[node] addr add %[dns]/32 dev lo",
		"-n %[node] addr add %[nodeAddress]/30 dev uplink",
		"-n %[node] link set uplink up",
		// From the node itself kube-proxy translates a Service's address only after a route was found: without one the API server calls no webhook.
		"-n %[node] route add %[services] dev uplink src %[nodeAddress]",
		"route add %[dns] via %[nodeAddress]",
		"route add %[pods] via %[nodeAddress]",
		"route add %[services] via %[nodeAddress]",

		"netns add %[internet]",
		"-n %[node] link add internet type veth peer name node netns %[internet]",
		"-n %[node] addr add %[nodeTowardsInternet]/30 dev internet",
		"-n %[node] link set internet up",
		"-n %[node] route add %[range] via %[gateway]",
		"-n %[internet] link set lo up",
		"-n %[internet] addr add %[gateway]/30 dev node",
		"-n %[internet] link set node up",
		// A local route makes the namespace own all addresses of the range: a server binds to whichever it likes.
		"-n %[internet] route add local %[range] dev lo",
		"-n %[internet] addr add %[internetAddress]/32 dev lo",
		"-n %[internet] route add default via %[nodeTowardsInternet] src %[internetAddress]",
	} {
		command = strings.NewReplacer(
			"%[host]", n.hostLink(), "%[hostAddress]", n.Host().String(),
			"%[node]", node, "%[nodeAddress]", n.Node().String(), "%[dns]", n.DNS().String(),
			"%[pods]", n.Pods().String(), "%[services]", n.Services().String(),
			"%[internet]", internet, "%[range]", Internet.String(), "%[internetAddress]", Internet.Addr().Next().String(),
			"%[nodeTowardsInternet]", n.nodeTowardsInternet().String(), "%[gateway]", n.internetGateway().String(),
		).Replace(command)
		if err := ip(ctx, command); err != nil {
			return err
		}
	}
	return nil
}

// Remove undoes Allocate and Connect, as much of them as there is. The namespaces end with their last process.
func (n Network) Remove(ctx context.Context) error {
	var errs []error
	if _, err := os.Stat(filepath.Join("/sys/class/net", n.hostLink())); err == nil {
		errs = append(errs, ip(ctx, "link del "+n.hostLink()))
	}
	for _, name := range []string{n.InternetNamespace(), n.NodeNamespace()} { // the last gives the number back
		if exists(name) {
			errs = append(errs, ip(ctx, "netns del "+name))
		}
	}
	return errors.Join(errs...)
}

// Within runs f on a thread that is in the node namespace: a process that f starts is born there.
func (n Network) Within(f func() error) error {
	namespace, err := os.Open(filepath.Join(namespacesDir, n.NodeNamespace()))
	if err != nil {
		return err
	}
	defer namespace.Close()
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine and spoils no other
		if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			result <- fmt.Errorf("enter namespace %s: %w", n.NodeNamespace(), err)
			return
		}
		result <- f()
	}()
	return <-result
}

func exists(namespace string) bool {
	_, err := os.Stat(filepath.Join(namespacesDir, namespace))
	return err == nil
}

func ip(ctx context.Context, arguments string) error {
	output, err := exec.CommandContext(ctx, "ip", strings.Fields(arguments)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", arguments, err, strconv.Quote(strings.TrimSpace(string(output))))
	}
	return nil
}
