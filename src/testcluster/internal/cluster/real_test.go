package cluster

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sallyport.dev/testcluster/internal/supervise"
)

// TestRealCluster makes clusters through the command line and proves on them what README.md promises. It changes the machine
// and takes about a minute, so it runs only when it is asked to: `testcluster test` does.
func TestRealCluster(t *testing.T) {
	if os.Getenv("TESTCLUSTER_REAL") == "" {
		t.Skip("makes real clusters: run `src/testcluster/testcluster test` as root")
	}
	if os.Geteuid() != 0 {
		t.Fatal("a node needs root")
	}
	c := &cli{t: t, state: filepath.Join(t.TempDir(), "state")}
	before := traces(t)
	defer func() {
		c.t = t
		c.run("down")
		compareTraces(t, before, traces(t))
		if left := processesOf(t, c.state); left != nil {
			t.Errorf("processes live on: %v", left)
		}
		if _, err := os.Stat(c.state); err == nil {
			t.Error("the state folder is left")
		}
	}()

	start := time.Now()
	c.run("up", "--node")
	t.Logf("ready after %.1f s", time.Since(start).Seconds())
	c.prepare()

	for _, test := range []struct {
		name string
		run  func(*cli)
	}{
		{"Pods", testPods},
		{"Services", testServices},
		{"Names", testNames},
		{"Policies", testPolicies},
		{"ConfigMaps", testConfigMaps},
		{"Components", testComponents},
		{"SecondCluster", testSecondCluster},
		{"UpAgain", testUpAgain},
		{"Crash", testCrash},
	} {
		passed := t.Run(test.name, func(t *testing.T) {
			c.t = t
			test.run(c)
		})
		if !passed && (test.name == "Pods" || test.name == "UpAgain") {
			return // the others need what this one made
		}
	}
}

// cli runs the command line on one cluster.
type cli struct {
	t     *testing.T
	state string
}

func (c *cli) command(arguments ...string) *exec.Cmd {
	command := exec.Command("../../testcluster", arguments...) // a script that becomes the program
	command.Env = append(os.Environ(), "TESTCLUSTER_STATE="+c.state)
	return command
}

func (c *cli) try(arguments ...string) (string, error) {
	command := c.command(arguments...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if err != nil {
		err = fmt.Errorf("testcluster %s: %w\n%s%s", strings.Join(arguments, " "), err, &stdout, &stderr)
	}
	return strings.TrimSpace(stdout.String()), err
}

func (c *cli) run(arguments ...string) string {
	c.t.Helper()
	output, err := c.try(arguments...)
	if err != nil {
		c.t.Fatal(err)
	}
	return output
}

func (c *cli) kubectl(arguments ...string) string {
	c.t.Helper()
	return c.run(append([]string{"kubectl"}, arguments...)...)
}

func (c *cli) apply(objects string) {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "objects.yaml")
	if err := os.WriteFile(file, []byte(objects), 0o644); err != nil {
		c.t.Fatal(err)
	}
	c.kubectl("apply", "-f", file)
}

// curl asks from a pod. Refused traffic is dropped silently, so a short limit tells it from slow traffic.
func (c *cli) curl(pod, url string) (string, error) {
	return c.try("kubectl", "exec", pod, "-c", "client", "--", "curl", "-sS", "--fail", "--max-time", "2", url)
}

func (c *cli) eventually(what string, try func() error) {
	c.t.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	c.t.Fatalf("%s: %v", what, err)
}

// reaches waits until the pod gets an answer that the pattern matches.
func (c *cli) reaches(pod, url, pattern string) {
	c.t.Helper()
	c.eventually(pod+" reaches "+url, func() error {
		answer, err := c.curl(pod, url)
		if err == nil && !regexp.MustCompile(pattern).MatchString(answer) {
			err = fmt.Errorf("answer %q does not match %s", answer, pattern)
		}
		return err
	})
}

// refused waits until the pod's requests go unanswered.
func (c *cli) refused(pod, url string) {
	c.t.Helper()
	c.eventually(pod+" is refused by "+url, func() error {
		answer, err := c.curl(pod, url)
		if err == nil {
			return fmt.Errorf("answer %q", answer)
		}
		if !strings.Contains(err.Error(), "exit code 28") { // curl: operation timed out
			return err
		}
		return nil
	})
}

func (c *cli) echoProgram() string { return filepath.Join(filepath.Dir(c.state), "echo") }

// prepare loads two images: one made by `testcluster image`, one as a docker-archive.
func (c *cli) prepare() {
	c.t.Helper()
	compile := exec.Command("go", "build", "-o", c.echoProgram(), "./testdata/echo")
	compile.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := compile.CombinedOutput(); err != nil {
		c.t.Fatalf("%v\n%s", err, output)
	}
	client := filepath.Join(filepath.Dir(c.state), "client.tar")
	c.run("image", "client:1", client, "--program", "curl", "--program", "sleep", "--program", "cat", "--entrypoint", "sleep,infinity")
	if got := c.run("load", client); got != "docker.io/library/client:1" {
		c.t.Errorf("loaded %q", got)
	}
	server := filepath.Join(filepath.Dir(c.state), "server.tar")
	if err := os.WriteFile(server, dockerArchive(c.t, c.echoProgram()), 0o644); err != nil {
		c.t.Fatal(err)
	}
	if got := c.run("load", server, "--name", "localhost/server:2"); got != "localhost/server:2" {
		c.t.Errorf("loaded %q", got)
	}
}

// dockerArchive is what `docker save` makes of an image with one program.
func dockerArchive(t *testing.T, program string) []byte {
	t.Helper()
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	pack := func(mode int64, files ...any) []byte {
		var buffer bytes.Buffer
		writer := tar.NewWriter(&buffer)
		for i := 0; i < len(files); i += 2 {
			content := files[i+1].([]byte)
			err := writer.WriteHeader(&tar.Header{Name: files[i].(string), Mode: mode, Size: int64(len(content))})
			if _, writeError := writer.Write(content); err != nil || writeError != nil {
				t.Fatal(err, writeError)
			}
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		return buffer.Bytes()
	}
	layer := pack(0o755, "echo", content)
	config := fmt.Sprintf(`{"architecture":"amd64","os":"linux","config":{"Entrypoint":["/echo"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}`, sha256Hex(layer))
	return pack(0o644, "config.json", []byte(config), "layer.tar", layer,
		"manifest.json", []byte(`[{"Config":"config.json","RepoTags":["server:1"],"Layers":["layer.tar"]}]`))
}

func testPods(c *cli) {
	c.apply(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: echo}
spec:
  replicas: 2
  selector: {matchLabels: {app: echo}}
  template:
    metadata: {labels: {app: echo}}
    spec:
      terminationGracePeriodSeconds: 1
      initContainers:
      - {name: sidecar, image: localhost/server:2, args: [":9000"], restartPolicy: Always}
      containers:
      - name: echo
        image: localhost/server:2
        args: [":8080", ":8081"]
        ports: [{name: web, containerPort: 8080}]
        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}
        securityContext:
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
          readOnlyRootFilesystem: true
          runAsNonRoot: true
          runAsUser: 65532
          seccompProfile: {type: RuntimeDefault}
---
apiVersion: v1
kind: Service
metadata: {name: echo}
spec:
  type: NodePort
  selector: {app: echo}
  ports: [{name: web, port: 80, targetPort: web}, {name: other, port: 81, targetPort: 8081}]
---
apiVersion: v1
kind: Service
metadata: {name: each}
spec: {clusterIP: None, selector: {app: echo}, ports: [{name: web, port: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: friend, labels: {role: friend}}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: client, image: "client:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: stranger}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: client, image: "client:1"}]}
`)
	c.kubectl("wait", "--for=condition=Ready", "pod/friend", "pod/stranger", "--timeout=60s")
	c.kubectl("rollout", "status", "deployment/echo", "--timeout=60s")
	if got := c.kubectl("exec", "friend", "--", "cat", "/etc/hostname"); got != "friend" {
		c.t.Errorf("host name %q", got)
	}
}

func testServices(c *cli) {
	for range 2 {
		c.reaches("friend", "http://echo", `^echo-\S+ 10\.244\.\d+\.\d+$`)
	}
	c.reaches("friend", "http://echo.default.svc.cluster.local:81/", `^echo-`)
	c.reaches("friend", "http://each:8080", `^echo-`)
	c.reaches("friend", "http://each.default.svc.cluster.local:9000", `^echo-`) // the sidecar

	// From the machine, as from anywhere outside of the cluster.
	port := c.kubectl("get", "service", "echo", "-o", "jsonpath={.spec.ports[0].nodePort}")
	clusterIP := c.kubectl("get", "service", "echo", "-o", "jsonpath={.spec.clusterIP}")
	podIP := c.kubectl("get", "pods", "-l", "app=echo", "-o", "jsonpath={.items[0].status.podIP}")
	for _, url := range []string{"http://" + c.status("node address") + ":" + port, "http://" + clusterIP, "http://" + podIP + ":8080"} {
		c.eventually("the machine reaches "+url, func() error { return get(c.t.Context(), url) })
	}

	// From the node, as the API server calls a webhook.
	record, err := readRecord(c.state)
	if err != nil {
		c.t.Fatal(err)
	}
	fromNode := []string{"netns", "exec", record.Cluster.Network.NodeNamespace(), "curl", "-sS", "--max-time", "2", "http://" + clusterIP}
	c.eventually("the node reaches "+clusterIP, func() error {
		if output, err := exec.Command("ip", fromNode...).CombinedOutput(); err != nil || !strings.HasPrefix(string(output), "echo-") {
			return fmt.Errorf("%v: %q", err, output)
		}
		return nil
	})
}

func get(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && !strings.HasPrefix(string(content), "echo-") {
		err = fmt.Errorf("%s: %q", answer.Status, content)
	}
	return err
}

func (c *cli) status(name string) string {
	c.t.Helper()
	for line := range strings.Lines(c.run("status")) {
		if value, found := strings.CutPrefix(line, name); found {
			return strings.TrimSpace(value)
		}
	}
	c.t.Fatalf("no %s in the status", name)
	return ""
}

func testNames(c *cli) {
	// A server in the tests' internet, on two of its addresses.
	server := exec.Command("ip", "netns", "exec", c.status("internet namespace"), c.echoProgram(), "203.0.113.10:80", "203.0.113.20:80")
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		c.t.Fatal(err)
	}
	defer func() { server.Process.Kill(); server.Wait() }()

	c.run("dns", "www.example.com", "203.0.113.10")
	podIP := c.kubectl("get", "pod", "friend", "-o", "jsonpath={.status.podIP}")
	c.reaches("friend", "http://www.example.com", " "+regexp.QuoteMeta(podIP)+"$") // pods keep their address on the way out
	c.run("dns", "WWW.Example.COM.", "203.0.113.20")
	if got := c.kubectl("exec", "friend", "--", "curl", "-sS", "-o", "/dev/null", "-w", "%{remote_ip}", "http://www.example.com"); got != "203.0.113.20" {
		c.t.Errorf("went to %s", got)
	}
	c.run("dns", "www.example.com")
	for _, name := range []string{"www.example.com", "nobody.example.com", "nobody.default.svc.cluster.local"} {
		if answer, err := c.curl("friend", "http://"+name); err == nil || !strings.Contains(err.Error(), "Could not resolve host") {
			c.t.Errorf("%s: %q, %v", name, answer, err)
		}
	}
	if _, err := c.try("dns", "www.example.com", "nonsense"); err == nil {
		c.t.Error("an address that is none is accepted")
	}
}

func testPolicies(c *cli) {
	// A connection from before the policy goes on.
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	lines := make(chan struct{}, 1)
	stream := exec.CommandContext(ctx, filepath.Join(c.state, "bin", "kubectl"), "--kubeconfig", filepath.Join(c.state, "admin.conf"),
		"exec", "stranger", "--", "curl", "-sSN", "http://echo/stream")
	stream.Stdout = notify(lines)
	if err := stream.Start(); err != nil {
		c.t.Fatal(err)
	}
	defer stream.Wait()
	defer cancel()
	<-lines

	c.reaches("stranger", "http://echo", "^echo-")
	c.apply(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: echo}
spec:
  podSelector: {matchLabels: {app: echo}}
  ingress:
  - from: [{podSelector: {matchLabels: {role: friend}}}]
    ports: [{port: web}]
`)
	c.refused("stranger", "http://echo")
	c.reaches("friend", "http://echo", "^echo-")
	c.refused("friend", "http://echo:81")
	for range 20 { // more than was on its way when the policy came
		select {
		case <-lines:
		case <-time.After(10 * time.Second):
			c.t.Fatal("the policy broke a connection from before")
		}
	}

	// The kubelet's probes still pass: new pods become ready.
	c.kubectl("rollout", "restart", "deployment/echo")
	c.kubectl("rollout", "status", "deployment/echo", "--timeout=60s")
	c.reaches("friend", "http://echo", "^echo-")
	c.refused("stranger", "http://echo")

	// A client becomes a friend by its label, and a stranger again.
	c.kubectl("label", "pod", "stranger", "role=friend")
	c.reaches("stranger", "http://echo", "^echo-")
	c.kubectl("label", "pod", "stranger", "role-")
	c.refused("stranger", "http://echo")

	friendIP := c.kubectl("get", "pod", "friend", "-o", "jsonpath={.status.podIP}")
	c.apply(fmt.Sprintf(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: echo}
spec:
  podSelector: {matchLabels: {app: echo}}
  ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16, except: [%s/32]}}]}]
`, friendIP))
	c.reaches("stranger", "http://echo", "^echo-")
	c.refused("friend", "http://echo")

	c.kubectl("delete", "networkpolicy", "echo")
	c.reaches("friend", "http://echo", "^echo-")
}

// notify tells of every write, if there is somebody to tell.
type notify chan struct{}

func (n notify) Write(content []byte) (int, error) {
	select {
	case n <- struct{}{}:
	default:
	}
	return len(content), nil
}

// testConfigMaps proves that a changed annotation delivers a ConfigMap, long before the kubelet's minute is over.
func testConfigMaps(c *cli) {
	c.apply(`
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {value: first}
---
apiVersion: v1
kind: Pod
metadata: {name: mounted}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: client, image: "client:1", volumeMounts: [{name: settings, mountPath: /settings}]}]
  volumes: [{name: settings, configMap: {name: settings}}]
`)
	c.kubectl("wait", "--for=condition=Ready", "pod/mounted", "--timeout=60s")
	c.kubectl("patch", "configmap", "settings", "-p", `{"data":{"value":"second"}}`)
	start := time.Now()
	for attempt := 1; ; attempt++ {
		c.kubectl("annotate", "--overwrite", "pod", "mounted", "attempt="+strconv.Itoa(attempt))
		if c.kubectl("exec", "mounted", "--", "cat", "/settings/value") == "second" {
			break
		}
		if time.Since(start) > 20*time.Second {
			c.t.Fatal("the ConfigMap did not come")
		}
	}
	c.t.Logf("delivered after %s", time.Since(start).Round(10*time.Millisecond))
}

func testComponents(c *cli) {
	c.run("stop", "kube-apiserver")
	if output, err := c.try("status"); err == nil || !strings.Contains(err.Error(), "not running: kube-apiserver") {
		c.t.Errorf("status %q, %v", output, err)
	}
	if _, err := c.try("kubectl", "get", "--raw", "/readyz"); err == nil {
		c.t.Error("the API server answers")
	}
	c.run("start", "kube-apiserver")
	c.eventually("the API server is back", func() error {
		_, err := c.try("kubectl", "get", "--raw", "/readyz")
		return err
	})
	c.eventually("pods can be made again", func() error {
		_, err := c.try("kubectl", "rollout", "restart", "deployment/echo")
		return err
	})
	c.kubectl("rollout", "status", "deployment/echo", "--timeout=60s")
}

// testSecondCluster proves that clusters keep apart.
func testSecondCluster(c *cli) {
	second := &cli{c.t, c.state + "2"}
	defer second.run("down")
	second.run("up", "--node")
	if a, b := c.status("node address"), second.status("node address"); a == b {
		c.t.Errorf("both nodes have the address %s", a)
	}
	if got := second.kubectl("get", "pods", "-A", "-o", "name"); got != "" {
		c.t.Errorf("pods of the first cluster in the second: %s", got)
	}
	second.run("down")

	third := &cli{c.t, c.state + "3"}
	defer third.run("down")
	third.run("up") // a control plane alone
	third.kubectl("get", "namespaces")
	third.run("down")
	c.reaches("friend", "http://echo", "^echo-")
}

func testUpAgain(c *cli) {
	c.run("up", "--node")
	if got := c.kubectl("get", "pods", "-A", "-o", "name"); got != "" {
		c.t.Errorf("pods of the old cluster: %s", got)
	}
}

// testCrash ends the supervisor as a crash would, then takes down what is left. TestRealCluster looks for traces after it.
func testCrash(c *cli) {
	record, err := readRecord(c.state)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := record.Supervisor.Kill(20 * time.Second); err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.try("status"); err == nil {
		c.t.Error("the status of a crashed cluster is well")
	}
	c.run("down")
	c.run("down") // nothing there is no error

	// What `up` leaves when it is killed half way.
	up := c.command("up", "--node")
	progress, err := up.StderrPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := up.Start(); err != nil {
		c.t.Fatal(err)
	}
	for lines := bufio.NewScanner(progress); lines.Scan() && !strings.HasSuffix(lines.Text(), "supervisor"); {
	}
	up.Process.Kill()
	up.Wait()
	if half, err := readRecord(c.state); err != nil || !half.Supervisor.Alive() {
		c.t.Errorf("there is nothing to take down: %v", err)
	}
	c.run("down")

	c.run("up")
	record, err = readRecord(c.state)
	if err != nil {
		c.t.Fatal(err)
	}
	if !record.Supervisor.Alive() {
		c.t.Error("no supervisor")
	}
	c.run("down")
	if record.Supervisor.Alive() {
		c.t.Error("the supervisor lives on")
	}
}

// processesOf finds the living processes that name the folder on their command lines.
func processesOf(t *testing.T, dir string) []supervise.Process {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []supervise.Process
	for _, line := range lines {
		content, err := os.ReadFile(line)
		if err != nil || !bytes.Contains(content, []byte(dir)) {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(line)))
		if err != nil {
			t.Fatal(err)
		}
		if process, err := supervise.Identify(id); err == nil && process.Alive() {
			found = append(found, process)
		}
	}
	return found
}

// traces is what a cluster could leave on the machine, by where it is seen.
func traces(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for name, command := range map[string][]string{
		"packet filter":      {"iptables-save"},
		"IPv6 packet filter": {"ip6tables-save"},
		"sets":               {"ipset", "list", "-name"},
		"links":              {"ip", "-brief", "link"},
		"routes":             {"ip", "route"},
		"namespaces":         {"ip", "netns"},
		"mounts":             {"cat", "/proc/self/mounts"},
		"cgroups":            {"sh", "-c", "ls -d /sys/fs/cgroup/*/* | grep -E 'kube|sallyport|testcluster' || :"},
		"folders":            {"sh", "-c", "ls -d /opt/* /run/* /var/lib/* /var/log/* /usr/libexec/* /etc/cni/*"},
		"settings": {"sysctl", "vm.overcommit_memory", "vm.panic_on_oom", "kernel.panic", "kernel.panic_on_oops", "kernel.keys",
			"net.ipv4.ip_forward", "net.ipv4.conf.all", "net.bridge", "net.netfilter.nf_conntrack_max"},
	} {
		output, _ := exec.Command(command[0], command[1:]...).Output() // some have nothing to tell and say so by their status
		for line := range strings.Lines(string(output)) {
			if !strings.HasPrefix(line, "#") { // dates
				all[name] = append(all[name], strings.TrimSpace(packetCounts.ReplaceAllString(line, "")))
			}
		}
		slices.Sort(all[name])
	}
	return all
}

var packetCounts = regexp.MustCompile(`\[\d+:\d+\]`)

// compareTraces fails for what is there after and was not before.
func compareTraces(t *testing.T, before, after map[string][]string) {
	t.Helper()
	for name, lines := range after {
		for _, line := range lines {
			if !slices.Contains(before[name], line) && !strings.Contains(line, "/run/netns") { // which `ip netns` keeps for everybody
				t.Errorf("left on the machine, %s: %s", name, line)
			}
		}
	}
}

func sha256Hex(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
