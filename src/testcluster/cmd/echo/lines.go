package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

const lineLimit = 10 * time.Second

// serveLines greets whoever connects, as databases and mail servers do, and says every line back.
func serveLines(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("lines", flag.ExitOnError)
	listen := flags.String("listen", ":7000", "address to serve on")
	told := flags.Bool("proxy-protocol", false, "each connection begins with a header of the PROXY protocol, version 1, that says who the client is")
	drain := flags.Duration("drain", 3*time.Second, "how long to go on as ever after SIGTERM")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pod, err := os.Hostname()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Println("serving on", listener.Addr())
	context.AfterFunc(ctx, func() { time.AfterFunc(*drain, func() { listener.Close() }) })
	for {
		connection, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go talk(connection, pod, *told)
	}
}

func talk(connection net.Conn, pod string, told bool) {
	defer connection.Close()
	in := bufio.NewReader(connection)
	client, _, _ := net.SplitHostPort(connection.RemoteAddr().String())
	if told {
		connection.SetReadDeadline(time.Now().Add(lineLimit))
		header, err := in.ReadString('\n')
		fields := strings.Fields(header) // PROXY TCP4 CLIENT SERVER PORT PORT
		if err != nil || len(fields) != 6 || fields[0] != "PROXY" {
			return
		}
		connection.SetReadDeadline(time.Time{})
		client = fields[2] + " by " + client
	}
	fmt.Fprintf(connection, "%s: hello %s\n", pod, client)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		fmt.Fprintf(connection, "%s: %s", pod, line)
	}
}

// say waits for the greeting, says the lines, ends its half and prints all that comes back.
func say(ctx context.Context, args []string) error {
	if len(args) < 1 {
		return errors.New("say: want HOST:PORT LINE")
	}
	connection, err := (&net.Dialer{Timeout: lineLimit}).DialContext(ctx, "tcp", args[0])
	if err != nil {
		return err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(lineLimit))
	in := bufio.NewReader(connection)
	greeting, err := in.ReadString('\n')
	if err != nil {
		return fmt.Errorf("no greeting: %w", err)
	}
	fmt.Print(greeting)
	for _, line := range args[1:] {
		if _, err := fmt.Fprintln(connection, line); err != nil {
			return err
		}
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, in)
	return err
}
