package supervise

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets this test's program be the supervisor, which must be a process of its own: it reaps whatever ends.
func TestMain(m *testing.M) {
	if socket := os.Getenv("SUPERVISE_SOCKET"); socket != "" {
		panic(New(filepath.Dir(socket)).Serve(socket))
	}
	os.Exit(m.Run())
}

func supervisor(t *testing.T) (Client, Process) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "socket")
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "SUPERVISE_SOCKET="+socket)
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	process, err := Identify(command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Kill(10 * time.Second); err != nil {
			t.Error(err)
		}
		command.Wait()
	})
	client := Client{socket}
	await(t, "the supervisor", func() bool {
		_, err := client.Status(t.Context())
		return err == nil
	})
	return client, process
}

func TestStartStopStart(t *testing.T) {
	client, _ := supervisor(t)
	ctx := t.Context()
	// Answers SIGTERM with a status of its own.
	component := Component{"one", []string{"/bin/sh", "-c", "trap 'exit 3' TERM; echo began; while :; do sleep 0.01; done"}}
	if err := client.Start(ctx, component); err != nil {
		t.Fatal(err)
	}
	awaitLog(t, client, "one", "began\n")
	if got := status(t, client, "one"); !got.Running {
		t.Fatalf("%+v", got)
	}
	if err := client.Start(ctx, component); err == nil || !strings.Contains(err.Error(), "one runs already") {
		t.Errorf("second start: %v", err)
	}
	if err := client.Stop(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	if got := status(t, client, "one"); got.Running || got.Ended != "exit status 3" {
		t.Errorf("%+v", got)
	}
	if err := client.Stop(ctx, "one"); err != nil {
		t.Errorf("second stop: %v", err)
	}
	if err := client.Start(ctx, Component{Name: "one"}); err != nil {
		t.Fatal(err)
	}
	awaitLog(t, client, "one", "began\nbegan\n")
}

func TestStubbornComponentIsKilled(t *testing.T) {
	client, _ := supervisor(t)
	if err := client.Start(t.Context(), Component{"stubborn", []string{"/bin/sh", "-c", "trap '' TERM; echo began; while :; do sleep 0.01; done"}}); err != nil {
		t.Fatal(err)
	}
	awaitLog(t, client, "stubborn", "began\n")
	if err := client.Stop(t.Context(), "stubborn"); err != nil {
		t.Fatal(err)
	}
	if got := status(t, client, "stubborn"); got.Running || got.Ended != "signal: killed" {
		t.Errorf("%+v", got)
	}
}

func TestAnEndIsNoticed(t *testing.T) {
	client, _ := supervisor(t)
	if err := client.Start(t.Context(), Component{"short", []string{"/bin/sh", "-c", "exit 7"}}); err != nil {
		t.Fatal(err)
	}
	await(t, "the end", func() bool { return status(t, client, "short").Ended == "exit status 7" })
}

func TestUnknownComponents(t *testing.T) {
	client, _ := supervisor(t)
	if err := client.Start(t.Context(), Component{"missing", []string{"/no/such/program"}}); err == nil || !strings.Contains(err.Error(), "start missing") {
		t.Errorf("start: %v", err)
	}
	if err := client.Stop(t.Context(), "nobody"); err == nil || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("stop: %v", err)
	}
	if err := client.Start(t.Context(), Component{Name: "nobody"}); err == nil || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("start: %v", err)
	}
}

func TestChildrenEndWithTheSupervisor(t *testing.T) {
	client, process := supervisor(t)
	if err := client.Start(t.Context(), Component{"child", []string{"/bin/sh", "-c", "echo $$; while :; do sleep 0.01; done"}}); err != nil {
		t.Fatal(err)
	}
	var child Process
	await(t, "the child", func() bool {
		id := 0
		for _, digit := range strings.TrimSpace(log(client, "child")) {
			id = 10*id + int(digit-'0')
		}
		var err error
		child, err = Identify(id)
		return err == nil && id > 1
	})
	if err := process.Kill(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	if child.Alive() {
		t.Error("the child lives on")
	}
}

func TestParseStat(t *testing.T) {
	got, err := parseStat([]byte("10 (a) R 1 (b) S 1 10 9 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 2 3\n"))
	if want := (stat{"S", "12345", 9}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, content := range []string{"", "10 (a", "10 (a) S 1 2"} {
		if _, err := parseStat([]byte(content)); err == nil {
			t.Errorf("%q is accepted", content)
		}
	}
}

func TestClientSaysThatNobodyListens(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := (Client{filepath.Join(t.TempDir(), "none")}).Status(ctx); err == nil || !strings.HasPrefix(err.Error(), "supervisor: ") {
		t.Errorf("error %v", err)
	}
}

func TestAnotherProcessIsNotKilled(t *testing.T) {
	self, err := Identify(os.Getpid())
	if err != nil || !self.Alive() {
		t.Fatalf("%v, %v", self, err)
	}
	earlier := Process{self.ID, "1"} // as if the number had been another's before
	if earlier.Alive() {
		t.Error("taken for the earlier process")
	}
	if err := earlier.Kill(time.Second); err != nil {
		t.Error(err)
	}
}

func status(t *testing.T, client Client, name string) Status {
	t.Helper()
	all, err := client.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.Name == name {
			return one
		}
	}
	t.Fatalf("no %s in %v", name, all)
	return Status{}
}

func awaitLog(t *testing.T, client Client, name, want string) {
	t.Helper()
	await(t, "the log of "+name, func() bool { return log(client, name) == want })
}

func log(client Client, name string) string {
	content, _ := os.ReadFile(filepath.Join(filepath.Dir(client.Socket), name+".log"))
	return string(content)
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
	}
}
