// Package config says how each component of a cluster is run: its command line and its configuration file. Pure: nothing
// here reads or writes.
package config

import (
	"bytes"
	"embed"
	"fmt"
	"net/netip"
	"path/filepath"
	"text/template"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"sallyport.dev/testcluster/internal/build"
	"sallyport.dev/testcluster/internal/network"
	"sallyport.dev/testcluster/internal/pki"
	"sallyport.dev/testcluster/internal/supervise"
)

//go:embed files
var files embed.FS

var templates = template.Must(template.ParseFS(files, "files/*"))

// Cluster is what configuration depends on.
type Cluster struct {
	Dir      string // folder of the cluster's state, absolute
	Programs build.Programs
	Self     string          // path of the testcluster program
	Node     bool            // whether there is a node; without one the control plane runs among the machine's processes
	Network  network.Network // of the node

	API, Etcd, EtcdPeers netip.AddrPort // where API server and etcd listen
}

const (
	NodeName   = "node"
	PauseImage = "localhost/pause:1"
)

func (c Cluster) NodeName() string              { return NodeName }
func (c Cluster) PauseImage() string            { return PauseImage }
func (c Cluster) PKI(name string) string        { return filepath.Join(c.Dir, "pki", name) }
func (c Cluster) Kubeconfig(name string) string { return filepath.Join(c.Dir, name+".conf") }
func (c Cluster) Hosts() string                 { return filepath.Join(c.Dir, "hosts") }
func (c Cluster) Cgroup() string                { return c.Network.NodeNamespace() }
func (c Cluster) ContainerdSocket() string {
	return filepath.Join(c.Dir, "containerd", "containerd.sock")
}
func (c Cluster) EnforcerReady() string           { return filepath.Join(c.Dir, "network-policy.ready") }
func (c Cluster) file(name string) string         { return filepath.Join(c.Dir, name) }
func (c Cluster) kubernetes(name string) []string { return []string{c.Programs.Kubernetes, name} }

// Files are the components' configuration files, by path below Dir.
func (c Cluster) Files() (map[string][]byte, error) {
	rendered := map[string][]byte{}
	if !c.Node {
		return rendered, nil
	}
	for path, name := range map[string]string{
		"Corefile":                  "Corefile",
		"cni/conf/10-pods.conflist": "cni.conflist",
		"containerd/config.toml":    "containerd.toml",
		"kubelet.yaml":              "kubelet.yaml",
		"kube-proxy.yaml":           "kube-proxy.yaml",
		"resolv.conf":               "resolv.conf",
	} {
		var text bytes.Buffer
		if err := templates.ExecuteTemplate(&text, name, c); err != nil {
			return nil, err
		}
		rendered[path] = text.Bytes()
	}
	return rendered, nil
}

// Identities are the certificates of the cluster, by file name below Dir/pki.
func (c Cluster) Identities() map[string]pki.Identity {
	server := pki.Identity{
		Name: "kube-apiserver",
		Hosts: []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
			"kubernetes.default.svc.cluster.local"},
		Addresses: []netip.Addr{c.API.Addr(), c.Network.APIService(), netip.AddrFrom4([4]byte{127, 0, 0, 1})},
	}
	all := map[string]pki.Identity{
		"api":                     server,
		"admin":                   {Name: "admin", Groups: []string{"system:masters"}},
		"kube-controller-manager": {Name: "system:kube-controller-manager"},
		"kube-scheduler":          {Name: "system:kube-scheduler"},
	}
	if c.Node {
		all["node"] = pki.Identity{Name: "system:node:" + NodeName, Groups: []string{"system:nodes"},
			Hosts: []string{NodeName}, Addresses: []netip.Addr{c.Network.Node()}}
		all["kube-proxy"] = pki.Identity{Name: "system:kube-proxy"}
	}
	return all
}

// Clients are the identities that get a kubeconfig.
func (c Cluster) Clients() []string {
	clients := []string{"admin", "kube-controller-manager", "kube-scheduler"}
	if c.Node {
		clients = append(clients, "node", "kube-proxy")
	}
	return clients
}

// RenderKubeconfig makes a kubeconfig that needs no other file.
func (c Cluster) RenderKubeconfig(authority []byte, client pki.Pair) ([]byte, error) {
	const name = "testcluster"
	kubeconfig := api.NewConfig()
	kubeconfig.Clusters[name] = &api.Cluster{Server: "https://" + c.API.String(), CertificateAuthorityData: authority}
	kubeconfig.AuthInfos[name] = &api.AuthInfo{ClientCertificateData: client.Certificate, ClientKeyData: client.Key}
	kubeconfig.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name}
	kubeconfig.CurrentContext = name
	return clientcmd.Write(*kubeconfig)
}

// Storage is etcd. Nothing outlives the cluster, so it need not wait for the disk.
func (c Cluster) Storage() supervise.Component {
	clients, peers := "http://"+c.Etcd.String(), "http://"+c.EtcdPeers.String()
	return c.component("etcd", append(c.kubernetes("etcd"),
		"--data-dir="+c.file("etcd"), "--unsafe-no-fsync",
		"--listen-client-urls="+clients, "--advertise-client-urls="+clients,
		"--listen-peer-urls="+peers, "--initial-advertise-peer-urls="+peers, "--initial-cluster=default="+peers))
}

// APIServer is kube-apiserver.
func (c Cluster) APIServer() supervise.Component {
	flags := []string{
		"--etcd-servers=http://" + c.Etcd.String(),
		"--secure-port=" + fmt.Sprint(c.API.Port()), "--bind-address=" + c.API.Addr().String(),
		"--service-cluster-ip-range=" + c.Network.Services().String(),
		"--client-ca-file=" + c.PKI("ca.crt"), "--tls-cert-file=" + c.PKI("api.crt"), "--tls-private-key-file=" + c.PKI("api.key"),
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + c.PKI("sa.pub"), "--service-account-signing-key-file=" + c.PKI("sa.key"),
	}
	if c.Node {
		flags = append(flags, "--advertise-address="+c.API.Addr().String(),
			"--kubelet-client-certificate="+c.PKI("admin.crt"), "--kubelet-client-key="+c.PKI("admin.key"),
			"--kubelet-certificate-authority="+c.PKI("ca.crt"), "--kubelet-preferred-address-types=InternalIP")
	} else {
		// Endpoints of the Service "kubernetes" cannot be loopback addresses.
		flags = append(flags, "--advertise-address="+c.API.Addr().String(), "--endpoint-reconciler-type=none")
	}
	return c.component("kube-apiserver", append(c.kubernetes("kube-apiserver"), flags...))
}

// Controllers are what runs against the API server and nowhere else.
func (c Cluster) Controllers() []supervise.Component {
	return []supervise.Component{
		c.component("kube-controller-manager", append(c.kubernetes("kube-controller-manager"),
			"--kubeconfig="+c.Kubeconfig("kube-controller-manager"), "--secure-port=0", "--leader-elect=false",
			"--kube-api-qps=1000", "--kube-api-burst=1000", // its clients for each controller take seconds at 20 a second
			"--node-monitor-grace-period=1h", // without a lease to lose it outlives an API outage, and would blame the node for it
			"--root-ca-file="+c.PKI("ca.crt"), "--service-account-private-key-file="+c.PKI("sa.key"),
			"--flex-volume-plugin-dir="+c.file("kubelet/volume-plugins"), // else it makes its default folder on the machine
			"--use-service-account-credentials", "--cluster-signing-cert-file="+c.PKI("ca.crt"),
			"--cluster-signing-key-file="+c.PKI("ca.key"))),
		c.component("kube-scheduler", append(c.kubernetes("kube-scheduler"),
			"--kubeconfig="+c.Kubeconfig("kube-scheduler"), "--secure-port=0", "--leader-elect=false")),
	}
}

// ContainerRuntime is containerd.
func (c Cluster) ContainerRuntime() supervise.Component {
	return c.component("containerd", []string{"/usr/bin/containerd", "--config", c.file("containerd/config.toml")})
}

// NodeComponents are what makes a node of a machine with a container runtime.
func (c Cluster) NodeComponents() []supervise.Component {
	return []supervise.Component{
		c.component("coredns", []string{c.Programs.CoreDNS, "-conf", c.file("Corefile")}),
		c.component("kubelet", append(c.kubernetes("kubelet"),
			"--config="+c.file("kubelet.yaml"), "--kubeconfig="+c.Kubeconfig("node"), "--root-dir="+c.file("kubelet"),
			"--hostname-override="+NodeName, "--node-ip="+c.Network.Node().String())),
		c.component("kube-proxy", append(c.kubernetes("kube-proxy"), "--config="+c.file("kube-proxy.yaml"))),
		c.component("network-policy", []string{c.Self, "enforce", "--kubeconfig=" + c.Kubeconfig("admin"), "--ready=" + c.EnforcerReady()}),
	}
}

func (c Cluster) component(name string, argv []string) supervise.Component {
	return supervise.Component{Name: name, Argv: argv}
}
