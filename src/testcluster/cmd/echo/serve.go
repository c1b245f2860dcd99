package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"
)

const (
	podHeader         = "X-Echo-Pod"         // the server's host name, in a pod the pod's
	clientHeader      = "X-Echo-Client"      // the address that the connection came from
	serverNameHeader  = "X-Echo-Server-Name" // the name that a client of TLS asked for
	certificateHeader = "X-Echo-Certificate" // the common name of the certificate that it showed
)

func serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	listen := flags.String("listen", ":8080", "address to serve HTTP/1.1 on")
	name := flags.String("tls", "", "speak TLS, with a certificate for this name from a CA made for the purpose")
	ca := flags.String("ca", "", "file for that CA's certificate, written before the first connection is accepted; none unless given")
	secret := flags.String("tls-secret", "", "speak TLS, with tls.crt and tls.key of this folder as they are at each handshake")
	clients := flags.String("client-ca", "", "with --tls-secret: file of the CAs that every client must show a certificate of")
	drain := flags.Duration("drain", 3*time.Second, "how long to go on as ever after SIGTERM, while those who send requests take notice")
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
	server := &http.Server{Handler: routes(pod), ReadHeaderTimeout: 10 * time.Second}
	if *name != "" {
		server.TLSConfig, err = certified(*name, *ca)
	} else if *secret != "" {
		server.TLSConfig, err = given(*secret, *clients)
	}
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			served <- server.ServeTLS(listener, "", "")
		} else {
			served <- server.Serve(listener)
		}
	}()
	fmt.Println("serving on", listener.Addr())

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-served:
		return err
	case <-time.After(*drain):
	}
	limit, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return server.Shutdown(limit)
}

func routes(pod string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", echo)
	mux.HandleFunc("/call", call)
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		ms, err := strconv.Atoi(r.URL.Query().Get("ms"))
		if err != nil || ms < 0 || ms > 600_000 {
			http.Error(w, "want ?ms=0 to 600000", http.StatusBadRequest)
			return
		}
		select {
		case <-time.After(time.Duration(ms) * time.Millisecond):
			echo(w, r)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/bytes", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.ParseInt(r.URL.Query().Get("n"), 10, 64)
		if err != nil || n < 0 || n > 1<<30 {
			http.Error(w, "want ?n=0 to 1073741824", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
		io.CopyN(w, zeros{}, n)
	})
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, err := strconv.Atoi(r.PathValue("code"))
		if err != nil || code < 200 || code > 599 {
			code = http.StatusBadRequest
		}
		w.WriteHeader(code)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client, _, _ := net.SplitHostPort(r.RemoteAddr)
		w.Header().Set(podHeader, pod)
		w.Header().Set(clientHeader, client)
		if r.TLS != nil {
			w.Header().Set(serverNameHeader, r.TLS.ServerName)
			if shown := r.TLS.PeerCertificates; len(shown) > 0 {
				w.Header().Set(certificateHeader, shown[0].Subject.CommonName)
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// echo answers with the request as it was received, its fields sorted by name.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		http.Error(w, "a body of more than 1 MiB is not sent back", http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "%s %s %s\nHost: %s\n", r.Method, r.RequestURI, r.Proto, r.Host)
	for _, name := range slices.SortedFunc(maps.Keys(r.Header), cmp.Compare[string]) {
		for _, value := range r.Header[name] {
			fmt.Fprintf(w, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(w, "\n%s", body)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
