// Command testcluster runs a real single-node Kubernetes without Docker; README.md tells what it offers.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"k8s.io/client-go/tools/clientcmd"

	"sallyport.dev/testcluster/internal/build"
	"sallyport.dev/testcluster/internal/cluster"
	"sallyport.dev/testcluster/internal/host"
	"sallyport.dev/testcluster/internal/image"
	"sallyport.dev/testcluster/internal/policy"
	"sallyport.dev/testcluster/internal/report"
	"sallyport.dev/testcluster/internal/supervise"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{
		Use:           "testcluster",
		Short:         "A real single-node Kubernetes without Docker, for tests",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().StringVar(&stateDir, "state", stateDir, "folder of the cluster's state; also by $TESTCLUSTER_STATE")
	root.AddCommand(buildCommand(), envtestCommand(), upCommand(), downCommand(), statusCommand(), loadCommand(), imageCommand(),
		dnsCommand(), stopCommand(), startCommand(), kubectlCommand(), testCommand(), superviseCommand(), enforceCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "testcluster:", err)
		os.Exit(1)
	}
}

// stateDir is the flag that every command on a cluster has.
var stateDir = defaultStateDir()

func defaultStateDir() string {
	if dir := os.Getenv("TESTCLUSTER_STATE"); dir != "" {
		return dir
	}
	return filepath.Join(os.TempDir(), "sallyport-testcluster")
}

func buildCommand() *cobra.Command {
	var controlPlaneOnly bool
	command := &cobra.Command{
		Use:   "build",
		Short: "Compile what the cache lacks: Kubernetes, CoreDNS, pause",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			cache, err := openCache()
			if err != nil {
				return err
			}
			if controlPlaneOnly {
				_, err = cache.Kubernetes(command.Context())
			} else {
				_, err = cache.Programs(command.Context())
			}
			return err
		},
	}
	command.Flags().BoolVar(&controlPlaneOnly, "control-plane-only", false, "leave out what only a node needs")
	return command
}

func envtestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "envtest [DIR]",
		Short: "Print a folder with k8s/VERSION-linux-ARCH/{etcd,kube-apiserver,kubectl} in it, compiled if needed",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			cache, err := openCache()
			if err != nil {
				return err
			}
			dir := ""
			if len(args) == 1 {
				dir = args[0]
			}
			if dir, err = cache.Envtest(command.Context(), dir); err != nil {
				return err
			}
			fmt.Println(dir)
			return nil
		},
	}
}

func upCommand() *cobra.Command {
	var node bool
	command := &cobra.Command{
		Use:   "up",
		Short: "Make a cluster, in place of the one that the state folder may hold, and print KUBECONFIG=PATH",
		Long: "Make a cluster, in place of the one that the state folder may hold, and print KUBECONFIG=PATH.\n" +
			"Without --node it is a control plane on free ports of the loopback interface and needs no root.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx := command.Context()
			cache, err := openCache()
			if err != nil {
				return err
			}
			options := cluster.Options{Node: node, Log: os.Stderr}
			if options.Dir, err = filepath.Abs(stateDir); err != nil {
				return err
			}
			if options.Self, err = os.Executable(); err != nil {
				return err
			}
			if node {
				if err := host.Prepare(ctx, os.Stderr); err != nil {
					return err
				}
				options.Programs, err = cache.Programs(ctx)
			} else {
				options.Programs.Kubernetes, err = cache.Kubernetes(ctx)
			}
			if err != nil {
				return err
			}
			made, err := cluster.Up(ctx, options)
			if err != nil {
				return err
			}
			fmt.Printf("KUBECONFIG=%s\n", made.Kubeconfig())
			return nil
		},
	}
	command.Flags().BoolVar(&node, "node", false, "run a node too, for real pods; needs root")
	return command
}

func downCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "End the cluster and undo all that it did to the machine",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			dir, err := filepath.Abs(stateDir)
			if err != nil {
				return err
			}
			return cluster.Down(command.Context(), dir)
		},
	}
}

func statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Tell what runs and where; the status is 0 if all components do",
		Args:  cobra.NoArgs,
		RunE: onCluster(func(ctx context.Context, c *cluster.Cluster, _ []string) error {
			all, err := c.Status(ctx)
			if err != nil {
				return err
			}
			out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
			defer out.Flush()
			fmt.Fprintf(out, "kubeconfig\t%s\n", c.Kubeconfig())
			if address, err := c.NodeAddress(); err == nil {
				fmt.Fprintf(out, "node address\t%s\n", address)
			}
			if namespace, err := c.InternetNamespace(); err == nil {
				fmt.Fprintf(out, "internet namespace\t%s\n", namespace)
			}
			var ended []string
			for _, component := range all {
				state := "runs"
				if !component.Running {
					state = "has ended: " + component.Ended
					ended = append(ended, component.Name)
				}
				fmt.Fprintf(out, "%s\t%s\n", component.Name, state)
			}
			if ended != nil {
				return fmt.Errorf("not running: %s", strings.Join(ended, ", "))
			}
			return nil
		}),
	}
}

func loadCommand() *cobra.Command {
	var name string
	command := &cobra.Command{
		Use:   "load FILE.tar...",
		Short: "Load images from OCI archives and docker-archives into the node and print their complete names",
		Args:  cobra.MinimumNArgs(1),
		RunE: onCluster(func(ctx context.Context, c *cluster.Cluster, args []string) error {
			if name != "" && len(args) > 1 {
				return errors.New("--name is for one file")
			}
			for _, file := range args {
				names, err := c.Load(ctx, file, name)
				if err != nil {
					return err
				}
				for _, name := range names {
					fmt.Println(name)
				}
			}
			return nil
		}),
	}
	command.Flags().StringVar(&name, "name", "", "name of the archive's only image, in place of its own")
	return command
}

func imageCommand() *cobra.Command {
	var made image.Image
	var programs, files []string
	command := &cobra.Command{
		Use:   "image NAME OUT.tar",
		Short: "Make a one-layer image from files of this machine, as an OCI archive",
		Example: "  testcluster image localhost/client:1 client.tar --program curl --file /etc/ssl/certs/ca-certificates.crt\n" +
			"  testcluster image localhost/backend:1 backend.tar --file target/backend:/backend --entrypoint /backend",
		Args: cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			made.Name, made.Files = args[0], map[string]string{}
			for _, program := range programs {
				needed, err := image.ProgramFiles(command.Context(), program)
				if err != nil {
					return err
				}
				for target, source := range needed {
					made.Files[target] = source
				}
			}
			for _, file := range files {
				source, target, given := strings.Cut(file, ":")
				if !given {
					target = source
				}
				made.Files[target] = source
			}
			out, err := os.Create(args[1])
			if err != nil {
				return err
			}
			defer out.Close()
			if err := made.Write(out); err != nil {
				os.Remove(args[1])
				return err
			}
			return out.Close()
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&programs, "program", nil, "program of this machine, with the shared libraries that it needs, at its own path")
	flags.StringArrayVar(&files, "file", nil, "SOURCE[:TARGET], a file or a folder with all below it; / is a root file system")
	flags.StringSliceVar(&made.Entrypoint, "entrypoint", nil, "what the image runs, its arguments after commas")
	flags.StringArrayVar(&made.Env, "env", nil, "NAME=VALUE")
	flags.StringVar(&made.User, "user", "", "UID or UID:GID that it runs as")
	return command
}

func dnsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "dns NAME [ADDRESS...]",
		Short: "Make a host name resolve to these addresses in the cluster; without any, make it unknown",
		Args:  cobra.MinimumNArgs(1),
		RunE: onCluster(func(ctx context.Context, c *cluster.Cluster, args []string) error {
			var addresses []netip.Addr
			for _, text := range args[1:] {
				address, err := netip.ParseAddr(text)
				if err != nil {
					return err
				}
				addresses = append(addresses, address)
			}
			return c.Name(ctx, args[0], addresses)
		}),
	}
}

func stopCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stop COMPONENT",
		Short: "End one component, such as kube-apiserver, until it is started again",
		Args:  cobra.ExactArgs(1),
		RunE: onCluster(func(ctx context.Context, c *cluster.Cluster, args []string) error {
			return c.Stop(ctx, args[0])
		}),
	}
}

func startCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "start COMPONENT",
		Short: "Start a component that was stopped",
		Args:  cobra.ExactArgs(1),
		RunE: onCluster(func(ctx context.Context, c *cluster.Cluster, args []string) error {
			return c.Start(ctx, args[0])
		}),
	}
}

func kubectlCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "kubectl ARGUMENTS...",
		Short:              "Run a kubectl of the cluster's version on the cluster that $TESTCLUSTER_STATE names",
		DisableFlagParsing: true,
		RunE: onCluster(func(_ context.Context, c *cluster.Cluster, args []string) error {
			os.Setenv("KUBECONFIG", c.Kubeconfig())
			return syscall.Exec(c.Kubectl(), append([]string{c.Kubectl()}, args...), os.Environ())
		}),
	}
}

func testCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test",
		Short: "Run this module's tests, with root also those that make clusters, and report to target/TEST-testcluster.xml",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			cache, err := openCache()
			if err != nil {
				return err
			}
			tests := exec.CommandContext(command.Context(), "go", "test", "-json", "-count=1", "./internal/...")
			tests.Dir, tests.Env, tests.Stderr = cache.Source, os.Environ(), os.Stderr
			if os.Geteuid() == 0 {
				tests.Env = append(tests.Env, "TESTCLUSTER_REAL=1")
			}
			events, err := tests.StdoutPipe()
			if err != nil {
				return err
			}
			if err := tests.Start(); err != nil {
				return err
			}
			results, readError := report.Read(events, os.Stdout)
			testError := tests.Wait()
			file := filepath.Join(cache.Source, "target", "TEST-testcluster.xml")
			if err := errors.Join(readError, os.MkdirAll(filepath.Dir(file), 0o755)); err != nil {
				return err
			}
			out, err := os.Create(file)
			if err != nil {
				return err
			}
			defer out.Close()
			if err := results.Write(out); err != nil {
				return err
			}
			return testError
		},
	}
}

// superviseCommand is the process that `up` leaves behind.
func superviseCommand() *cobra.Command {
	var socket, logs string
	var isolate bool
	command := &cobra.Command{
		Use:    "supervise",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if isolate {
				if err := supervise.Isolate(); err != nil {
					return err
				}
			}
			return supervise.New(logs).Serve(socket)
		},
	}
	command.Flags().StringVar(&socket, "socket", "", "where to serve")
	command.Flags().StringVar(&logs, "logs", "", "folder of the components' logs")
	command.Flags().BoolVar(&isolate, "isolate", false, "fit out the new namespaces that this process was started in")
	return command
}

// enforceCommand is the component network-policy.
func enforceCommand() *cobra.Command {
	var kubeconfig, ready string
	command := &cobra.Command{
		Use:    "enforce",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			return policy.Enforce(command.Context(), config, func() error { return os.WriteFile(ready, nil, 0o644) })
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "of the cluster")
	command.Flags().StringVar(&ready, "ready", "", "file that is made when policies are in force")
	return command
}

// onCluster opens the cluster of the state folder for a command.
func onCluster(run func(context.Context, *cluster.Cluster, []string) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, args []string) error {
		dir, err := filepath.Abs(stateDir)
		if err != nil {
			return err
		}
		opened, err := cluster.Open(dir)
		if err != nil {
			return err
		}
		return run(command.Context(), opened, args)
	}
}

// openCache finds the sources that the script testcluster names and the cache in the user's home.
func openCache() (build.Cache, error) {
	source := os.Getenv("TESTCLUSTER_SOURCE")
	if source == "" {
		return build.Cache{}, errors.New("TESTCLUSTER_SOURCE is not set: start this program through the script src/testcluster/testcluster")
	}
	dir := os.Getenv("SALLYPORT_CACHE")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return build.Cache{}, fmt.Errorf("no place for the cache, set SALLYPORT_CACHE: %w", err)
		}
		dir = filepath.Join(home, ".cache", "sallyport")
	}
	return build.Cache{Source: source, Dir: filepath.Join(dir, "testcluster"), Log: os.Stderr}, nil
}
