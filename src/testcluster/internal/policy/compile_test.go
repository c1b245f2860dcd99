package policy

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// cluster is what the tests' policies are about: a server and two clients in namespace shop, a client in namespace other.
func cluster(policies ...string) State {
	namespace := func(name string) *core.Namespace {
		return &core.Namespace{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/metadata.name": name}}}
	}
	pod := func(namespace, name, address string) *core.Pod {
		return &core.Pod{
			ObjectMeta: meta.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": name}},
			Status:     core.PodStatus{Phase: core.PodRunning, PodIP: address},
		}
	}
	server := pod("shop", "server", "10.244.0.10")
	always := core.ContainerRestartPolicyAlways
	server.Spec.Containers = []core.Container{{Ports: []core.ContainerPort{
		{Name: "web", ContainerPort: 8080}, {Name: "dns", ContainerPort: 53, Protocol: core.ProtocolUDP}}}}
	server.Spec.InitContainers = []core.Container{
		{RestartPolicy: &always, Ports: []core.ContainerPort{{Name: "sidecar", ContainerPort: 15000}}},
		{Ports: []core.ContainerPort{{Name: "setup", ContainerPort: 16000}}},
	}
	onNode := pod("shop", "onnode", "10.243.0.2")
	onNode.Spec.HostNetwork = true
	ended := pod("shop", "ended", "10.244.0.99")
	ended.Status.Phase = core.PodSucceeded
	state := State{
		Namespaces: []*core.Namespace{namespace("shop"), namespace("other")},
		Pods: []*core.Pod{
			server, pod("shop", "client", "10.244.0.11"), pod("shop", "stranger", "10.244.0.12"), pod("other", "client", "10.244.0.21"),
			onNode, ended, pod("shop", "starting", ""),
		},
	}
	for _, text := range policies {
		policy := &networking.NetworkPolicy{}
		if err := yaml.UnmarshalStrict([]byte(text), &policy.Spec); err != nil {
			panic(err)
		}
		policy.Namespace, policy.Name = "shop", "policy"+string(rune('a'+len(state.Policies)))
		state.Policies = append(state.Policies, policy)
	}
	return state
}

var (
	server   = "10.244.0.10"
	client   = "10.244.0.11"
	stranger = "10.244.0.12"
	other    = "10.244.0.21"
	outside  = "203.0.113.7"
)

func TestPolicies(t *testing.T) {
	type traffic struct {
		from, to string
		protocol core.Protocol
		port     uint16
	}
	tcp := func(from string, port uint16) traffic { return traffic{from, server, core.ProtocolTCP, port} }
	udp := func(from string, port uint16) traffic { return traffic{from, server, core.ProtocolUDP, port} }

	for name, test := range map[string]struct {
		policies         []string
		allowed, refused []traffic
	}{
		"no policy": {
			allowed: []traffic{tcp(client, 8080), tcp(outside, 1), udp(other, 53)},
		},
		"default deny": {
			policies: []string{`podSelector: {}`},
			allowed:  []traffic{tcp(server, 8080), {client, other, core.ProtocolTCP, 80}, {client, "10.243.0.2", core.ProtocolTCP, 80}},
			refused:  []traffic{tcp(client, 8080), tcp(outside, 8080), {server, client, core.ProtocolTCP, 80}},
		},
		"egress only": {
			policies: []string{`{podSelector: {}, policyTypes: [Egress]}`},
			allowed:  []traffic{tcp(client, 8080)},
		},
		"pods it does not select": {
			policies: []string{`{podSelector: {matchLabels: {app: server}}}`},
			allowed:  []traffic{{server, client, core.ProtocolTCP, 80}, {other, stranger, core.ProtocolUDP, 80}},
			refused:  []traffic{tcp(client, 80)},
		},
		"an empty rule allows all": {
			policies: []string{`{podSelector: {}, ingress: [{}]}`},
			allowed:  []traffic{tcp(client, 8080), tcp(outside, 1), udp(other, 53)},
		},
		"an empty list of peers allows all": {
			policies: []string{`{podSelector: {}, ingress: [{from: []}]}`},
			allowed:  []traffic{tcp(outside, 1)},
		},
		"podSelector stays in the namespace": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]}`},
			allowed:  []traffic{tcp(client, 8080), udp(client, 1)},
			refused:  []traffic{tcp(stranger, 8080), tcp(other, 8080), tcp(outside, 8080)},
		},
		"namespaceSelector takes all of the namespace": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}]}]}`},
			allowed:  []traffic{tcp(other, 8080)},
			refused:  []traffic{tcp(client, 8080), tcp(outside, 8080)},
		},
		"both selectors in one peer": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: client}}}]}]}`},
			allowed:  []traffic{tcp(client, 8080), tcp(other, 8080)},
			refused:  []traffic{tcp(stranger, 8080)},
		},
		"two peers": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}, {podSelector: {matchLabels: {app: client}}}]}]}`},
			allowed:  []traffic{tcp(client, 8080), tcp(other, 8080)},
			refused:  []traffic{tcp(stranger, 8080)},
		},
		"a peer that selects nobody": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: nobody}}}]}]}`},
			refused:  []traffic{tcp(client, 8080), tcp(outside, 8080)},
		},
		"ipBlock with exceptions": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25, 203.0.113.9/32]}}]}]}`},
			allowed:  []traffic{tcp("203.0.113.7", 1), tcp("203.0.113.127", 1)},
			refused:  []traffic{tcp("203.0.113.128", 1), tcp("203.0.113.9", 1), tcp("203.0.112.7", 1), tcp(client, 1)},
		},
		"an exception holds for its own block only": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}, {podSelector: {matchLabels: {app: client}}}]}]}`},
			allowed:  []traffic{tcp(outside, 1), tcp(client, 1)},
			refused:  []traffic{tcp(stranger, 1)},
		},
		"IPv6 blocks are nobody here": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "::/0"}}]}]}`},
			refused:  []traffic{tcp(client, 1)},
		},
		"numbered port": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: 8080}]}]}`},
			allowed:  []traffic{tcp(client, 8080)},
			refused:  []traffic{tcp(client, 8081), udp(client, 8080)},
		},
		"range of ports": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: 8080, endPort: 8090}]}]}`},
			allowed:  []traffic{tcp(client, 8080), tcp(client, 8090)},
			refused:  []traffic{tcp(client, 8079), tcp(client, 8091)},
		},
		"a whole protocol": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}`},
			allowed:  []traffic{udp(client, 1), udp(client, 65535)},
			refused:  []traffic{tcp(client, 1)},
		},
		"named ports": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: web}, {port: dns, protocol: UDP}, {port: sidecar}, {port: setup}]}]}`},
			allowed:  []traffic{tcp(client, 8080), udp(client, 53), tcp(client, 15000)},
			refused:  []traffic{tcp(client, 53), udp(client, 8080), tcp(client, 16000), {server, client, core.ProtocolTCP, 8080}},
		},
		"a name that no pod has": {
			policies: []string{`{podSelector: {}, ingress: [{ports: [{port: nobody}]}]}`},
			refused:  []traffic{tcp(client, 8080)},
		},
		"peers and ports together": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: 8080}]}]}`},
			allowed:  []traffic{tcp(client, 8080)},
			refused:  []traffic{tcp(client, 8081), tcp(stranger, 8080)},
		},
		"policies add up": {
			policies: []string{
				`podSelector: {}`,
				`{podSelector: {matchLabels: {app: server}}, ingress: [{ports: [{port: 8080}]}]}`,
				`{podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]}`,
			},
			allowed: []traffic{tcp(outside, 8080), tcp(client, 9)},
			refused: []traffic{tcp(outside, 9), {server, client, core.ProtocolTCP, 8080}},
		},
		"matchExpressions": {
			policies: []string{`{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [stranger]}]}}]}]}`},
			allowed:  []traffic{tcp(client, 1)},
			refused:  []traffic{tcp(stranger, 1), tcp(other, 1)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			rules, err := Compile(cluster(test.policies...))
			if err != nil {
				t.Fatal(err)
			}
			for _, traffic := range test.allowed {
				if !rules.allows(traffic.from, traffic.to, traffic.protocol, traffic.port) {
					t.Errorf("refused: %v", traffic)
				}
			}
			for _, traffic := range test.refused {
				if rules.allows(traffic.from, traffic.to, traffic.protocol, traffic.port) {
					t.Errorf("allowed: %v", traffic)
				}
			}
		})
	}
}

// allows evaluates rules as the packet filter does.
func (r Rules) allows(from, to string, protocol core.Protocol, port uint16) bool {
	source, target := netip.MustParseAddr(from), netip.MustParseAddr(to)
	if !slices.Contains(r.Isolated, target) || source == target {
		return true
	}
	return slices.ContainsFunc(r.Allows, func(allow Allow) bool {
		var fromMatches, toMatches bool
		switch from := allow.From.(type) {
		case Anywhere:
			fromMatches = true
		case Pods:
			fromMatches = slices.Contains(from, source)
		case Block:
			fromMatches = from.Range.Contains(source) &&
				!slices.ContainsFunc(from.Except, func(except netip.Prefix) bool { return except.Contains(source) })
		}
		switch to := allow.To.(type) {
		case AnyPort:
			toMatches = slices.Contains(to.Pods, target)
		case PortRange:
			toMatches = slices.Contains(to.Pods, target) && to.Protocol == protocol && to.First <= port && port <= to.Last
		case NamedPort:
			toMatches = to.Protocol == protocol && slices.Contains(to.Ports, netip.AddrPortFrom(target, port))
		}
		return fromMatches && toMatches
	})
}

func TestWhatCannotBeUnderstoodAllowsNothing(t *testing.T) {
	for name, spec := range map[string]string{
		"ingress[0].from[0].ipBlock":           `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}`,
		"ingress[0].from[0].ipBlock: except":   `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [x]}}]}]}`,
		"ingress[0].ports[0]: 90 to 80":        `{podSelector: {}, ingress: [{ports: [{port: 90, endPort: 80}]}]}`,
		"ingress[0].ports[0]: 70000":           `{podSelector: {}, ingress: [{ports: [{port: 70000}]}]}`,
		"ingress[0].from[0].podSelector":       `{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: a, operator: Maybe}]}}]}]}`,
		"ingress[0].from[0].namespaceSelector": `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: a, operator: Maybe}]}}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			rules, err := Compile(cluster(spec))
			if err == nil || !strings.Contains(err.Error(), "shop/policya: "+name) {
				t.Errorf("error %v, want one that names %s", err, name)
			}
			if rules.allows(client, server, core.ProtocolTCP, 8080) {
				t.Error("allowed")
			}
		})
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	state := cluster(
		`{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: web}]}]}`,
		`{podSelector: {matchLabels: {app: server}}, ingress: [{from: [{namespaceSelector: {}}]}]}`)
	want, err := Compile(state)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(state.Policies)
	slices.Reverse(state.Pods)
	slices.Reverse(state.Namespaces)
	got, err := Compile(state)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := Render(want).Chain, Render(got).Chain; a != b {
		t.Errorf("in one order\n%s\nin the other\n%s", a, b)
	}
}
