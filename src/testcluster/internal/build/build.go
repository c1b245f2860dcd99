// Package build compiles the programs of the test cluster into the cache and finds them there again.
//
// A program's folder in the cache is named after a hash of everything that it is made of, so an unchanged tree never
// compiles twice, and several work trees with different sources can share one cache.
package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// KubernetesVersion is the version of k8s.io/kubernetes in go.mod, without the leading v.
const KubernetesVersion = "1.36.3"

// Programs are the paths of the compiled programs.
type Programs struct {
	Kubernetes string // etcd, the Kubernetes components and kubectl in one
	CoreDNS    string
	Pause      string
}

// Cache compiles into a folder and looks there first.
type Cache struct {
	Source string    // folder of this module's go.mod
	Dir    string    // folder of the cache, made when it is missing
	Log    io.Writer // progress and the compiler's output
}

// Programs returns the node's programs, compiled first if the cache lacks them.
func (c Cache) Programs(ctx context.Context) (Programs, error) {
	var programs Programs
	for name, path := range map[string]*string{
		"kubernetes": &programs.Kubernetes, "coredns": &programs.CoreDNS, "pause": &programs.Pause,
	} {
		compiled, err := c.program(ctx, name)
		if err != nil {
			return Programs{}, err
		}
		*path = compiled
	}
	return programs, nil
}

// Kubernetes returns the multi-call Kubernetes binary, compiled first if the cache lacks it.
func (c Cache) Kubernetes(ctx context.Context) (string, error) { return c.program(ctx, "kubernetes") }

// Envtest puts etcd, kube-apiserver and kubectl where io.fabric8:kube-api-test and controller-runtime's envtest look for
// them below dir, that is dir/k8s/VERSION-OS-ARCH/. An empty dir stands for a folder in the cache. Returns dir.
func (c Cache) Envtest(ctx context.Context, dir string) (string, error) {
	kubernetes, err := c.Kubernetes(ctx)
	if err != nil {
		return "", err
	}
	if dir == "" {
		dir = filepath.Join(filepath.Dir(kubernetes), "envtest")
	}
	bin := filepath.Join(dir, "k8s", fmt.Sprintf("%s-%s-%s", KubernetesVersion, runtime.GOOS, runtime.GOARCH))
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	for _, name := range []string{"etcd", "kube-apiserver", "kubectl"} {
		if err := replaceLink(kubernetes, filepath.Join(bin, name)); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// replaceLink makes link a second name of target, atomically, since other tests may be starting it at this moment. A hard
// link keeps its own name even for callers that resolve symbolic ones; across file systems only a symbolic one is left.
func replaceLink(target, link string) error {
	if existing, err := os.Stat(link); err == nil {
		if wanted, err := os.Stat(target); err == nil && os.SameFile(existing, wanted) {
			return nil
		}
	}
	temporary := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Link(target, temporary); err != nil {
		if err := os.Symlink(target, temporary); err != nil {
			return err
		}
	}
	return os.Rename(temporary, link)
}

func (c Cache) program(ctx context.Context, name string) (string, error) {
	key, err := c.key(name)
	if err != nil {
		return "", err
	}
	program := filepath.Join(c.Dir, name+"-"+key, name)
	if isExecutable(program) {
		return program, nil
	}
	unlock, err := c.lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	if isExecutable(program) { // another process compiled it while this one waited
		return program, nil
	}
	start := time.Now()
	fmt.Fprintf(c.Log, "testcluster: compiling %s%s\n", name, patience(name))
	temporary := program + ".new"
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags="+linkerFlags(name), "-o", temporary, "./cmd/"+name)
	command.Dir = c.Source
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stdout, command.Stderr = c.Log, c.Log
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("go build ./cmd/%s in %s: %w", name, c.Source, err)
	}
	if err := os.Rename(temporary, program); err != nil {
		return "", err
	}
	fmt.Fprintf(c.Log, "testcluster: compiled %s in %s\n", name, time.Since(start).Round(time.Second))
	return program, nil
}

func patience(name string) string {
	if name == "kubernetes" {
		return " (five to seven minutes on two cores when Go's own cache is empty)"
	}
	return ""
}

func linkerFlags(name string) string {
	flags := "-s -w"
	if name == "kubernetes" {
		const version = "k8s.io/component-base/version."
		numbers := strings.Split(KubernetesVersion, ".")
		flags += fmt.Sprintf(" -X %[1]sgitVersion=v%[2]s -X %[1]sgitMajor=%[3]s -X %[1]sgitMinor=%[4]s",
			version, KubernetesVersion, numbers[0], numbers[1])
	}
	return flags
}

// key is a hash of the module's dependencies, the program's own folder, the linker's flags and the toolchain. The three
// programs import nothing from the rest of this module.
func (c Cache) key(name string) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, runtime.Version(), runtime.GOOS, runtime.GOARCH, linkerFlags(name))
	files := []string{filepath.Join(c.Source, "go.mod"), filepath.Join(c.Source, "go.sum")}
	err := filepath.WalkDir(filepath.Join(c.Source, "cmd", name), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sources of %s: %w", name, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(hash, "%s %d\n", filepath.Base(file), len(content))
		hash.Write(content)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

// lock lets one process at a time compile: two links of Kubernetes at once would need more memory than small machines have.
func (c Cache) lock() (unlock func(), err error) {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(c.Dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	return func() { file.Close() }, nil
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
