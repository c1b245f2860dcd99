package policy

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os/exec"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

const (
	// settle is how long changes are gathered: a rollout changes several pods at once.
	settle = 10 * time.Millisecond
	// retry is the pause after the packet filter refused a program.
	retry = time.Second
)

// Enforce watches the cluster and keeps the packet filter of this network namespace according to its policies, until ctx
// ends. It calls ready once, when the policies of the start are in force. Connections that exist when a policy comes are
// left alone.
func Enforce(ctx context.Context, config *rest.Config, ready func() error) error {
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	if err := hook(ctx); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	policies := factory.Networking().V1().NetworkPolicies()
	pods := factory.Core().V1().Pods()
	namespaces := factory.Core().V1().Namespaces()
	changed := make(chan struct{}, 1)
	mark := func() {
		select {
		case changed <- struct{}{}:
		default: // marked already
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { mark() },
		UpdateFunc: func(any, any) { mark() },
		DeleteFunc: func(any) { mark() },
	}
	for _, informer := range []cache.SharedIndexInformer{policies.Informer(), pods.Informer(), namespaces.Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}
	factory.Start(ctx.Done())
	defer factory.Shutdown()
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("no list of %v: %w", kind, context.Cause(ctx))
		}
	}
	var filter filter
	for mark(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		time.Sleep(settle)
		var state State
		var errs [3]error
		state.Policies, errs[0] = policies.Lister().List(labels.Everything())
		state.Pods, errs[1] = pods.Lister().List(labels.Everything())
		state.Namespaces, errs[2] = namespaces.Lister().List(labels.Everything())
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		rules, err := Compile(state)
		if err != nil {
			log.Print(err)
		}
		if err := filter.apply(ctx, Render(rules)); err != nil {
			log.Print(err)
			time.AfterFunc(retry, mark)
			continue
		}
		if ready != nil {
			if err := ready(); err != nil {
				return err
			}
			ready = nil
		}
	}
}

// filter remembers what the kernel holds.
type filter struct {
	applied Program
	stale   map[string]bool // sets that the kernel may still hold and no chain names
}

// apply makes the kernel hold the program: first the sets that the chain will name, then the chain in one transaction, then
// what is no longer named goes.
func (f *filter) apply(ctx context.Context, program Program) error {
	if program.Chain == f.applied.Chain {
		return nil // equal chains name equal sets
	}
	start := time.Now()
	var sets strings.Builder
	for _, set := range program.Sets {
		fmt.Fprintf(&sets, "create %s %s -exist\n", set.Name, set.Type)
		for _, member := range set.Members {
			fmt.Fprintf(&sets, "add %s %s -exist\n", set.Name, member)
		}
	}
	if err := run(ctx, sets.String(), "ipset", "restore"); err != nil {
		return err
	}
	if err := run(ctx, program.Chain, "iptables-restore", "--noflush", "--wait"); err != nil {
		return err
	}
	if f.stale == nil {
		f.stale = map[string]bool{}
	}
	for _, set := range f.applied.Sets {
		f.stale[set.Name] = true
	}
	for _, set := range program.Sets {
		delete(f.stale, set.Name)
	}
	f.collect(ctx)
	f.applied = program
	log.Printf("%d rules and %d sets applied in %s", strings.Count(program.Chain, "\n-A "), len(program.Sets), time.Since(start).Round(time.Millisecond))
	return nil
}

// collect destroys stale sets. The kernel frees a replaced chain a little later and refuses till then: the next call does it.
func (f *filter) collect(ctx context.Context) {
	for name := range f.stale {
		if run(ctx, "", "ipset", "destroy", name) == nil {
			delete(f.stale, name)
		}
	}
}

// hook makes forwarded packets pass the chain. Both may be there already, after a restart; the chain then stays as it is until
// the first program replaces it.
func hook(ctx context.Context) error {
	rules := []struct{ check, add []string }{
		{[]string{"-n", "-L", chain}, []string{"-N", chain}},
		{[]string{"-C", "FORWARD", "-j", chain}, []string{"-A", "FORWARD", "-j", chain}},
	}
	mangle := []string{"--wait", "-t", "mangle"}
	for _, rule := range rules {
		if run(ctx, "", "iptables", append(mangle, rule.check...)...) == nil {
			continue
		}
		if err := run(ctx, "", "iptables", append(mangle, rule.add...)...); err != nil {
			return err
		}
	}
	return nil
}

func run(ctx context.Context, input, name string, arguments ...string) error {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Stdin = strings.NewReader(input)
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(arguments, " "), err, bytes.TrimSpace(output))
	}
	return nil
}
