package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"sallyport.dev/testcluster/internal/build"
	"sallyport.dev/testcluster/internal/config"
	"sallyport.dev/testcluster/internal/host"
	"sallyport.dev/testcluster/internal/image"
	"sallyport.dev/testcluster/internal/network"
	"sallyport.dev/testcluster/internal/pki"
	"sallyport.dev/testcluster/internal/supervise"
)

// Options are what a new cluster is made of.
type Options struct {
	Dir      string // folder for all of the cluster's state
	Node     bool   // run a node, which needs root; otherwise the control plane alone
	Programs build.Programs
	Self     string    // path of the testcluster program
	Log      io.Writer // progress
}

// patience bounds each step of the start. Slow machines under load take ten times what an idle one does.
const patience = 2 * time.Minute

// Up makes a cluster, in place of the one that the folder may hold, and returns when it is ready for use: the API answers,
// and with a node, pods are scheduled, names resolve and policies are enforced. What fails to start is taken down again;
// its logs are in the error.
func Up(ctx context.Context, options Options) (*Cluster, error) {
	if err := Down(ctx, options.Dir); err != nil {
		return nil, fmt.Errorf("take the old cluster down: %w", err)
	}
	if err := checkFolder(options.Dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(options.Dir, 0o755); err != nil {
		return nil, err
	}
	starter := starter{log: options.Log, began: time.Now()}
	starter.record.Cluster = config.Cluster{
		Dir: options.Dir, Node: options.Node, Programs: options.Programs, Self: options.Self,
	}
	err := starter.run(ctx)
	if err == nil {
		return &Cluster{starter.record}, nil
	}
	if logs := starter.lastWords(); logs != "" && ctx.Err() == nil {
		err = fmt.Errorf("%w\n%s", err, logs)
	}
	// ctx may have ended, which must not keep the rest from being cleaned up.
	return nil, errors.Join(err, Down(context.WithoutCancel(ctx), options.Dir))
}

type starter struct {
	record record
	log    io.Writer
	began  time.Time
	api    kubernetes.Interface
}

func (s *starter) run(ctx context.Context) error {
	steps := []struct {
		done string
		do   func(context.Context) error
	}{
		{"network", s.network},
		{"configuration", s.configure},
		{"supervisor", s.supervise},
		{"control plane", s.controlPlane},
	}
	if s.record.Cluster.Node {
		steps = append(steps, struct {
			done string
			do   func(context.Context) error
		}{"node", s.node})
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.done, err)
		}
		fmt.Fprintf(s.log, "testcluster: %5.1f s %s\n", time.Since(s.began).Seconds(), step.done)
	}
	return nil
}

// network gives the cluster its addresses: namespaces for one with a node, free ports of the machine for one without.
func (s *starter) network(ctx context.Context) error {
	c := &s.record.Cluster
	if !c.Node {
		loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
		for _, address := range []*netip.AddrPort{&c.API, &c.Etcd, &c.EtcdPeers} {
			port, err := freePort(loopback)
			if err != nil {
				return err
			}
			*address = netip.AddrPortFrom(loopback, port)
		}
		return s.record.write()
	}
	allocated, err := network.Allocate(ctx)
	if err != nil {
		return err
	}
	c.Network = allocated
	c.API = netip.AddrPortFrom(c.Network.Node(), 6443)
	c.Etcd = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 2379)
	c.EtcdPeers = netip.AddrPortFrom(c.Etcd.Addr(), 2380)
	s.record.Sysctls = host.Sysctls()
	if err := s.record.write(); err != nil {
		return errors.Join(err, c.Network.Remove(context.WithoutCancel(ctx)))
	}
	if err := c.Network.Connect(ctx); err != nil {
		return err
	}
	return host.MakeCgroup(c.Cgroup())
}

// freePort finds a port that nobody listens on. Somebody may take it before its user does, who then says so and fails.
func freePort(address netip.Addr) (uint16, error) {
	listener, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(address, 0)))
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return netip.MustParseAddrPort(listener.Addr().String()).Port(), nil
}

// configure writes certificates, kubeconfigs and configuration files.
func (s *starter) configure(context.Context) error {
	c := s.record.Cluster
	files, err := c.Files()
	if err != nil {
		return err
	}
	authority, err := pki.NewAuthority("testcluster")
	if err != nil {
		return err
	}
	pairs := map[string]pki.Pair{"ca": authority.Pair()}
	for name, identity := range c.Identities() {
		if pairs[name], err = authority.Issue(identity); err != nil {
			return err
		}
	}
	for name, pair := range pairs {
		files["pki/"+name+".crt"], files["pki/"+name+".key"] = pair.Certificate, pair.Key
	}
	for _, name := range c.Clients() {
		if files[name+".conf"], err = c.RenderKubeconfig(pairs["ca"].Certificate, pairs[name]); err != nil {
			return err
		}
	}
	if files["pki/sa.key"], files["pki/sa.pub"], err = pki.SigningKey(); err != nil {
		return err
	}
	files["hosts"] = nil
	for name, content := range files {
		path := filepath.Join(c.Dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	for _, dir := range []string{"log/pods", "bin"} {
		if err := os.MkdirAll(filepath.Join(c.Dir, dir), 0o755); err != nil {
			return err
		}
	}
	return os.Symlink(c.Programs.Kubernetes, kubectl(c))
}

// supervise starts the supervisor, with a node as the first process of the node's namespaces.
func (s *starter) supervise(ctx context.Context) error {
	c := s.record.Cluster
	log, err := os.Create(filepath.Join(c.Dir, "log", "supervisor.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(c.Self, "supervise", "--socket", client(c).Socket, "--logs", filepath.Join(c.Dir, "log"))
	command.Stdout, command.Stderr, command.Dir = log, log, "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	start := command.Start
	if c.Node {
		if err := supervise.MakePrivateMountPoints(); err != nil {
			return err
		}
		command.Args = append(command.Args, "--isolate")
		command.SysProcAttr.Cloneflags = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS
		start = func() error { return c.Network.Within(command.Start) }
	}
	if err := start(); err != nil {
		return err
	}
	go command.Wait() // while this process lives it is the parent; afterwards the machine's first is
	if s.record.Supervisor, err = supervise.Identify(command.Process.Pid); err != nil {
		return err
	}
	if err := s.record.write(); err != nil {
		return errors.Join(err, s.record.Supervisor.Kill(time.Minute))
	}
	return s.await(ctx, "the supervisor's socket", func(ctx context.Context) error {
		_, err := client(c).Status(ctx)
		return err
	})
}

func (s *starter) controlPlane(ctx context.Context) error {
	c := s.record.Cluster
	first := []supervise.Component{c.Storage(), c.APIServer()}
	if c.Node {
		first = append(first, c.ContainerRuntime()) // needs no API and takes a second as well
	}
	if err := s.start(ctx, first); err != nil {
		return err
	}
	rest, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig("admin"))
	if err != nil {
		return err
	}
	rest.QPS = -1 // awaiting polls often
	if s.api, err = kubernetes.NewForConfig(rest); err != nil {
		return err
	}
	err = s.await(ctx, "the API server", func(ctx context.Context) error {
		var status int
		result := s.api.CoreV1().RESTClient().Get().AbsPath("/readyz").Do(ctx).StatusCode(&status)
		if status == http.StatusOK {
			return nil
		}
		return result.Error()
	})
	if err != nil {
		return err
	}
	if err := s.start(ctx, c.Controllers()); err != nil {
		return err
	}
	if !c.Node {
		return s.awaitServiceAccount(ctx)
	}
	return nil
}

// awaitServiceAccount waits for the account without which no pod can be made in a namespace.
func (s *starter) awaitServiceAccount(ctx context.Context) error {
	return s.await(ctx, "the default service account", func(ctx context.Context) error {
		_, err := s.api.CoreV1().ServiceAccounts("default").Get(ctx, "default", meta.GetOptions{})
		return err
	})
}

func (s *starter) node(ctx context.Context) error {
	c := s.record.Cluster
	if err := s.start(ctx, c.NodeComponents()); err != nil {
		return err
	}
	err := s.await(ctx, "containerd", func(ctx context.Context) error {
		return ctr(ctx, c, nil, "version")
	})
	if err != nil {
		return err
	}
	pause, err := os.Create(filepath.Join(c.Dir, "pause.tar"))
	if err != nil {
		return err
	}
	defer pause.Close()
	err = image.Image{
		Name: config.PauseImage, Files: map[string]string{"/pause": c.Programs.Pause}, Entrypoint: []string{"/pause"},
	}.Write(pause)
	if err != nil {
		return err
	}
	if _, err := (&Cluster{s.record}).Load(ctx, pause.Name(), ""); err != nil {
		return err
	}
	err = s.await(ctx, "the node", func(ctx context.Context) error {
		node, err := s.api.CoreV1().Nodes().Get(ctx, config.NodeName, meta.GetOptions{})
		if err != nil {
			return err
		}
		for _, condition := range node.Status.Conditions {
			if condition.Type == core.NodeReady && condition.Status != core.ConditionTrue {
				return errors.New(condition.Message)
			}
		}
		if len(node.Spec.Taints) > 0 {
			return fmt.Errorf("tainted %v", node.Spec.Taints)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.awaitServiceAccount(ctx); err != nil {
		return err
	}
	err = s.await(ctx, "cluster DNS", func(ctx context.Context) error {
		_, err := resolve(ctx, c, "kubernetes.default.svc.cluster.local")
		return err
	})
	if err != nil {
		return err
	}
	return s.await(ctx, "the enforcer of network policies", func(context.Context) error {
		_, err := os.Stat(c.EnforcerReady())
		return err
	})
}

func (s *starter) start(ctx context.Context, components []supervise.Component) error {
	for _, component := range components {
		if err := client(s.record.Cluster).Start(ctx, component); err != nil {
			return err
		}
	}
	return nil
}

// await tries until it succeeds, a component ends, or patience does.
func (s *starter) await(ctx context.Context, what string, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if ended := s.ended(ctx); ended != nil {
			return fmt.Errorf("awaiting %s: %w", what, ended)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("awaiting %s: %w: %w", what, context.Cause(ctx), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *starter) ended(ctx context.Context) error {
	if !s.record.Supervisor.Alive() {
		return errors.New("the supervisor has ended")
	}
	all, err := client(s.record.Cluster).Status(ctx)
	if err != nil {
		return nil // it does not listen yet
	}
	for _, status := range all {
		if !status.Running {
			return fmt.Errorf("%s has ended: %s", status.Name, status.Ended)
		}
	}
	return nil
}

// lastWords are the ends of the logs.
func (s *starter) lastWords() string {
	logs, _ := filepath.Glob(filepath.Join(s.record.Cluster.Dir, "log", "*.log"))
	var words strings.Builder
	for _, log := range logs {
		content, err := os.ReadFile(log)
		if err != nil || len(content) == 0 {
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(content)), "\n")
		fmt.Fprintf(&words, "--- %s\n%s\n", filepath.Base(log), strings.Join(lines[max(0, len(lines)-8):], "\n"))
	}
	return words.String()
}
