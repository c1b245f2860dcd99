// Command testcluster runs a real single-node Kubernetes without Docker; README.md tells what it offers.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"sallyport.dev/testcluster/internal/build"
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
	root.AddCommand(buildCommand(), envtestCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "testcluster:", err)
		os.Exit(1)
	}
}

func buildCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "build",
		Short: "Compile what the cache lacks: Kubernetes, CoreDNS, pause",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			cache, err := openCache()
			if err != nil {
				return err
			}
			_, err = cache.Programs(command.Context())
			return err
		},
	}
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
			dir, err = cache.Envtest(command.Context(), dir)
			if err == nil {
				fmt.Println(dir)
			}
			return err
		},
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
