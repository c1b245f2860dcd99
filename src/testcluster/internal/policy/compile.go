// Package policy enforces NetworkPolicies in the test cluster, as far as they speak of ingress: it compiles policies and
// pods into rules (pure), renders the rules for ipset and iptables (pure), and keeps the node's packet filter so.
//
// Egress rules are not enforced. IPv4 only, as the cluster is.
package policy

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// State is what rules are made of.
type State struct {
	Policies   []*networking.NetworkPolicy
	Pods       []*core.Pod
	Namespaces []*core.Namespace
}

// Rules say what may reach pods. Traffic to an isolated pod needs an Allow; all other traffic is free.
type Rules struct {
	Isolated []netip.Addr // sorted
	Allows   []Allow
}

// Allow lets some traffic to some pods through.
type Allow struct {
	Policy string // namespace/name of the policy that says so
	From   Source
	To     Target
}

// Source is where traffic may come from: Anywhere, Pods or Block.
type Source interface{ source() }

type (
	// Anywhere is every source.
	Anywhere struct{}
	// Pods are the addresses of pods, sorted.
	Pods []netip.Addr
	// Block is a range without parts of it.
	Block struct {
		Range  netip.Prefix
		Except []netip.Prefix
	}
)

func (Anywhere) source() {}
func (Pods) source()     {}
func (Block) source()    {}

// Target is what traffic may go to: AnyPort, PortRange or NamedPort.
type Target interface{ target() }

type (
	// AnyPort is everything that reaches the pods.
	AnyPort struct{ Pods []netip.Addr }
	// PortRange is the same ports of all pods. From 0 to 65535 it is the whole protocol.
	PortRange struct {
		Pods        []netip.Addr
		Protocol    core.Protocol
		First, Last uint16
	}
	// NamedPort is a port that each pod gives its own number to.
	NamedPort struct {
		Protocol core.Protocol
		Ports    []netip.AddrPort
	}
)

func (AnyPort) target()   {}
func (PortRange) target() {}
func (NamedPort) target() {}

// Compile makes rules of policies. Equal states give equal rules, whatever their order. A policy that cannot be understood,
// which the API server should not have taken, isolates its pods and allows nothing; the error tells of all such.
func Compile(state State) (Rules, error) {
	pods := network(state.Pods)
	namespaces := map[string]labels.Set{}
	for _, namespace := range state.Namespaces {
		namespaces[namespace.Name] = namespace.Labels
	}
	policies := slices.Clone(state.Policies)
	slices.SortFunc(policies, func(a, b *networking.NetworkPolicy) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})

	isolated := map[netip.Addr]bool{}
	var rules Rules
	var faults []string
	for _, policy := range policies {
		if !isIngress(policy) {
			continue
		}
		name := policy.Namespace + "/" + policy.Name
		selected, err := selectPods(pods, &policy.Spec.PodSelector, func(namespace string) bool { return namespace == policy.Namespace })
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: podSelector: %v", name, err))
			continue
		}
		if len(selected) == 0 {
			continue
		}
		for _, pod := range selected {
			isolated[pod.address] = true
		}
		for i, rule := range policy.Spec.Ingress {
			sources, err := sources(rule.From, policy.Namespace, pods, namespaces)
			if err != nil {
				faults = append(faults, fmt.Sprintf("%s: ingress[%d].from%v", name, i, err))
			}
			targets, err := targets(rule.Ports, selected)
			if err != nil {
				faults = append(faults, fmt.Sprintf("%s: ingress[%d].ports%v", name, i, err))
			}
			for _, source := range sources {
				for _, target := range targets {
					rules.Allows = append(rules.Allows, Allow{name, source, target})
				}
			}
		}
	}
	for address := range isolated {
		rules.Isolated = append(rules.Isolated, address)
	}
	slices.SortFunc(rules.Isolated, netip.Addr.Compare)
	if faults != nil {
		return rules, fmt.Errorf("policies not understood: %s", strings.Join(faults, "; "))
	}
	return rules, nil
}

// pod is a pod that is on the pods' network.
type pod struct {
	*core.Pod
	address netip.Addr
}

// network picks the pods with an address of their own, sorted by it. Pods on the node's network are the node. An ended
// pod's address may be another's already.
func network(all []*core.Pod) []pod {
	var pods []pod
	for _, p := range all {
		if p.Spec.HostNetwork || p.Status.Phase == core.PodSucceeded || p.Status.Phase == core.PodFailed {
			continue
		}
		if address, err := netip.ParseAddr(p.Status.PodIP); err == nil && address.Is4() {
			pods = append(pods, pod{p, address})
		}
	}
	slices.SortFunc(pods, func(a, b pod) int { return a.address.Compare(b.address) })
	return pods
}

// isIngress tells whether the policy isolates for ingress. The API server fills policyTypes in; an object that never went
// through it may lack them.
func isIngress(policy *networking.NetworkPolicy) bool {
	return len(policy.Spec.PolicyTypes) == 0 || slices.Contains(policy.Spec.PolicyTypes, networking.PolicyTypeIngress)
}

func selectPods(pods []pod, selector *meta.LabelSelector, in func(namespace string) bool) ([]pod, error) {
	matches, err := meta.LabelSelectorAsSelector(selector)
	if err != nil {
		return nil, err
	}
	var selected []pod
	for _, pod := range pods {
		if in(pod.Namespace) && matches.Matches(labels.Set(pod.Labels)) {
			selected = append(selected, pod)
		}
	}
	return selected, nil
}

func sources(peers []networking.NetworkPolicyPeer, own string, pods []pod, namespaces map[string]labels.Set) ([]Source, error) {
	if len(peers) == 0 {
		return []Source{Anywhere{}}, nil
	}
	var all []Source
	var addresses Pods
	for i, peer := range peers {
		if peer.IPBlock != nil {
			block, err := block(peer.IPBlock)
			if err != nil {
				return nil, fmt.Errorf("[%d].ipBlock: %w", i, err)
			}
			if block.Range.Addr().Is4() {
				all = append(all, block)
			}
			continue
		}
		in := func(namespace string) bool { return namespace == own }
		if peer.NamespaceSelector != nil {
			matches, err := meta.LabelSelectorAsSelector(peer.NamespaceSelector)
			if err != nil {
				return nil, fmt.Errorf("[%d].namespaceSelector: %w", i, err)
			}
			in = func(namespace string) bool {
				set, known := namespaces[namespace]
				return known && matches.Matches(set)
			}
		}
		selector := peer.PodSelector
		if selector == nil {
			selector = &meta.LabelSelector{}
		}
		selected, err := selectPods(pods, selector, in)
		if err != nil {
			return nil, fmt.Errorf("[%d].podSelector: %w", i, err)
		}
		addresses = append(addresses, addressesOf(selected)...)
	}
	if len(addresses) > 0 {
		slices.SortFunc(addresses, netip.Addr.Compare)
		all = append(all, slices.Compact(addresses))
	}
	return all, nil
}

func block(ipBlock *networking.IPBlock) (Block, error) {
	cidr, err := netip.ParsePrefix(ipBlock.CIDR)
	if err != nil {
		return Block{}, err
	}
	block := Block{Range: cidr.Masked()}
	for _, text := range ipBlock.Except {
		except, err := netip.ParsePrefix(text)
		if err != nil {
			return Block{}, fmt.Errorf("except: %w", err)
		}
		block.Except = append(block.Except, except.Masked())
	}
	return block, nil
}

func targets(ports []networking.NetworkPolicyPort, selected []pod) ([]Target, error) {
	addresses := addressesOf(selected)
	if len(ports) == 0 {
		return []Target{AnyPort{addresses}}, nil
	}
	var all []Target
	for i, port := range ports {
		protocol := core.ProtocolTCP
		if port.Protocol != nil {
			protocol = *port.Protocol
		}
		switch {
		case port.Port == nil:
			all = append(all, PortRange{addresses, protocol, 0, 65535})
		case port.Port.Type == intstr.String:
			if named := namedPorts(selected, port.Port.StrVal, protocol); len(named) > 0 {
				all = append(all, NamedPort{protocol, named})
			}
		default:
			first, last := port.Port.IntVal, port.Port.IntVal
			if port.EndPort != nil {
				last = *port.EndPort
			}
			if first < 1 || last < first || last > 65535 {
				return nil, fmt.Errorf("[%d]: %d to %d is no range of ports", i, first, last)
			}
			all = append(all, PortRange{addresses, protocol, uint16(first), uint16(last)})
		}
	}
	return all, nil
}

// namedPorts finds the numbers that the pods' containers give to the name, sidecars included.
func namedPorts(pods []pod, name string, protocol core.Protocol) []netip.AddrPort {
	var ports []netip.AddrPort
	for _, pod := range pods {
		containers := slices.Clone(pod.Spec.Containers)
		for _, init := range pod.Spec.InitContainers {
			if init.RestartPolicy != nil && *init.RestartPolicy == core.ContainerRestartPolicyAlways {
				containers = append(containers, init)
			}
		}
		for _, container := range containers {
			for _, port := range container.Ports {
				if port.Name == name && cmp.Or(port.Protocol, core.ProtocolTCP) == protocol {
					ports = append(ports, netip.AddrPortFrom(pod.address, uint16(port.ContainerPort)))
				}
			}
		}
	}
	slices.SortFunc(ports, netip.AddrPort.Compare)
	return slices.Compact(ports)
}

func addressesOf(pods []pod) []netip.Addr {
	addresses := make([]netip.Addr, len(pods))
	for i, pod := range pods {
		addresses[i] = pod.address
	}
	return addresses
}
