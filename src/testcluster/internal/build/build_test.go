package build

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// cache compiles a module whose cmd/kubernetes tells the name that it was called by.
func cache(t *testing.T) (Cache, *journal) {
	t.Helper()
	source := t.TempDir()
	write(t, filepath.Join(source, "go.mod"), "module example\n\ngo 1.26.0\n")
	write(t, filepath.Join(source, "go.sum"), "")
	write(t, filepath.Join(source, "cmd/kubernetes/main.go"), program(""))
	log := &journal{}
	return Cache{Source: source, Dir: filepath.Join(t.TempDir(), "cache"), Log: log}, log
}

// journal takes what several writers have to say.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(content []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(content)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func program(comment string) string {
	return "package main\n\nimport (\n\t\"os\"\n\t\"path/filepath\"\n)\n\nfunc main() { os.Stdout.WriteString(filepath.Base(os.Args[0])) }\n" + comment
}

func TestEnvtest(t *testing.T) {
	cache, log := cache(t)
	for _, dir := range []string{"", filepath.Join(t.TempDir(), "elsewhere")} {
		for range 2 { // the second time all is there
			got, err := cache.Envtest(t.Context(), dir)
			if err != nil {
				t.Fatalf("%v\n%s", err, log)
			}
			if dir != "" && got != dir {
				t.Errorf("got %s, want %s", got, dir)
			}
			for _, name := range []string{"etcd", "kube-apiserver", "kubectl"} {
				path := filepath.Join(got, "k8s", KubernetesVersion+"-linux-"+runtime.GOARCH, name)
				resolved, err := filepath.EvalSymlinks(path) // as some callers do
				if err != nil {
					t.Fatal(err)
				}
				if output, err := exec.Command(resolved).Output(); err != nil || string(output) != name {
					t.Errorf("%s acts as %q, %v", path, output, err)
				}
			}
		}
	}
	if got := strings.Count(log.String(), "compiled kubernetes"); got != 1 {
		t.Errorf("compiled %d times, want once\n%s", got, log)
	}
}

func TestChangedSourcesAreCompiled(t *testing.T) {
	cache, log := cache(t)
	first, err := cache.Kubernetes(t.Context())
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	write(t, filepath.Join(cache.Source, "cmd/kubernetes/main.go"), program("// changed"))
	second, err := cache.Kubernetes(t.Context())
	if err != nil || second == first {
		t.Errorf("%s after %s, %v", second, first, err)
	}
	write(t, filepath.Join(cache.Source, "cmd/other/main.go"), program(""))
	if third, err := cache.Kubernetes(t.Context()); err != nil || third != second {
		t.Errorf("%s after %s, %v: another program's source counts", third, second, err)
	}
}

func TestOneOfManyCompiles(t *testing.T) {
	cache, log := cache(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := cache.Kubernetes(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := strings.Count(log.String(), "compiled kubernetes"); got != 1 {
		t.Errorf("compiled %d times, want once\n%s", got, log)
	}
}

func TestErrorsOfTheCompilerAreTold(t *testing.T) {
	cache, log := cache(t)
	write(t, filepath.Join(cache.Source, "cmd/kubernetes/main.go"), "package main\n\nfunc main() { mistake }\n")
	if _, err := cache.Kubernetes(context.Background()); err == nil || !strings.Contains(log.String(), "undefined: mistake") {
		t.Errorf("%v\n%s", err, log)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
