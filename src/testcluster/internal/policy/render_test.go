package policy

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestRender(t *testing.T) {
	rules, err := Compile(cluster(`{podSelector: {matchLabels: {app: server}}, ingress: [
		{from: [{podSelector: {matchLabels: {app: client}}}, {ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}], ports: [{port: 80, endPort: 90}]},
		{ports: [{port: dns, protocol: UDP}]}, {from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	program := Render(rules)
	text := program.Chain
	for _, set := range program.Sets { // names are hashes: the content reads better
		text = strings.ReplaceAll(text, set.Name, fmt.Sprintf("<%s %s>", set.Type, strings.Join(set.Members, " ")))
	}
	want := `*mangle
:SALLYPORT-POLICY - [0:0]
-A SALLYPORT-POLICY -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A SALLYPORT-POLICY -m set ! --match-set <hash:ip 10.244.0.10> dst -j RETURN
-A SALLYPORT-POLICY -s 10.244.0.10 -d 10.244.0.10 -j RETURN
-A SALLYPORT-POLICY -m comment --comment "shop/policya" -s 203.0.113.0/24 -m set ! --match-set <hash:net 203.0.113.128/25> src -m set --match-set <hash:ip 10.244.0.10> dst -p tcp --dport 80:90 -j RETURN
-A SALLYPORT-POLICY -m comment --comment "shop/policya" -m set --match-set <hash:ip 10.244.0.11> src -m set --match-set <hash:ip 10.244.0.10> dst -p tcp --dport 80:90 -j RETURN
-A SALLYPORT-POLICY -m comment --comment "shop/policya" -m set --match-set <hash:ip,port 10.244.0.10,udp:53> dst,dst -j RETURN
-A SALLYPORT-POLICY -m comment --comment "shop/policya" -s 192.0.2.0/24 -m set --match-set <hash:ip 10.244.0.10> dst -j RETURN
-A SALLYPORT-POLICY -j DROP
COMMIT
`
	if text != want {
		t.Errorf("got\n%swant\n%s", text, want)
	}
	if len(program.Sets) != 4 {
		t.Errorf("%d sets, want 4: equal ones are shared", len(program.Sets))
	}
}

func TestNoPolicyIsAnEmptyChain(t *testing.T) {
	program := Render(Rules{})
	if want := "*mangle\n:SALLYPORT-POLICY - [0:0]\nCOMMIT\n"; program.Chain != want || len(program.Sets) != 0 {
		t.Errorf("got %q and %d sets, want %q and none", program.Chain, len(program.Sets), want)
	}
}

// TestKernelTakesIt applies programs in an empty network namespace: syntax, replacement, and that nothing piles up.
func TestKernelTakesIt(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root for a network namespace")
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // the thread, with its namespace, ends with this goroutine; what it starts is in there too
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			done <- err
			return
		}
		done <- applySeveral(t.Context())
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func applySeveral(ctx context.Context) error {
	for range 2 { // the second time everything is there already
		if err := hook(ctx); err != nil {
			return err
		}
	}
	var filter filter
	for _, policies := range [][]string{
		{`{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: web}, {port: 53, protocol: UDP}, {port: 9, endPort: 99, protocol: SCTP}]}]}`},
		{`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 192.0.2.1/32]}}]}]}`, `podSelector: {}`},
		{},
		{`podSelector: {}`},
	} {
		rules, err := Compile(cluster(policies...))
		if err != nil {
			return err
		}
		if err := filter.apply(ctx, Render(rules)); err != nil {
			return err
		}
	}
	for deadline := time.Now().Add(10 * time.Second); len(filter.stale) > 0; filter.collect(ctx) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d sets that nothing names cannot be destroyed", len(filter.stale))
		}
	}
	kept, err := exec.Command("ipset", "list", "-name").Output()
	if got := strings.Count(string(kept), "\n"); err != nil || got != len(filter.applied.Sets) {
		return fmt.Errorf("the kernel has %d sets (%v), want %d", got, err, len(filter.applied.Sets))
	}
	chain, err := exec.Command("iptables", "-t", "mangle", "-S", chain).Output()
	if got, want := strings.Count(string(chain), "\n-A "), strings.Count(filter.applied.Chain, "\n-A "); err != nil || got != want {
		return fmt.Errorf("the kernel has %d rules (%v), want %d", got, err, want)
	}
	return nil
}
