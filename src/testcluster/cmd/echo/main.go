// Command echo is both ends of the end-to-end tests: a server that answers with what it received, and a client that keeps a
// steady load on one and counts what failed. It is also the backend of deploy/examples.
//
//	echo serve [flags]   serves until SIGTERM, then some seconds more, as well-behaved applications do
//	echo grpc [flags]    the same for gRPC
//	echo lines [flags]   the same for a protocol of lines, in which the server speaks first
//	echo say HOST:PORT LINE...
//	                     says lines to such a server and prints what it answers
//	echo load [flags]    sends requests until SIGTERM or --count, reports, and fails if one of them failed
//	echo wait            does nothing until SIGTERM: a pod to run other programs in
//	echo stop            sends SIGTERM to the first process of the pod
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		args = []string{"serve"}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch args[0] {
	case "serve":
		return serve(ctx, args[1:])
	case "grpc":
		return serveGRPC(ctx, args[1:])
	case "lines":
		return serveLines(ctx, args[1:])
	case "say":
		return say(ctx, args[1:])
	case "load":
		return load(ctx, args[1:])
	case "wait":
		<-ctx.Done()
		return nil
	case "stop":
		return syscall.Kill(1, syscall.SIGTERM)
	default:
		return fmt.Errorf("%q: want serve, grpc, lines, say, load, wait or stop", args[0])
	}
}
