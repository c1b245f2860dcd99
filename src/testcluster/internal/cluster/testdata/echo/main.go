// Command echo is the server of the cluster's own test. It answers each request with its host name and the client's
// address; /stream never ends.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	name, err := os.Hostname()
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		client, _, _ := net.SplitHostPort(r.RemoteAddr)
		fmt.Fprintf(w, "%s %s\n", name, client)
	})
	http.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		for range time.Tick(20 * time.Millisecond) {
			if _, err := fmt.Fprintln(w, name); err != nil {
				return
			}
			w.(http.Flusher).Flush()
		}
	})
	for _, address := range os.Args[2:] {
		go serve(address)
	}
	serve(os.Args[1])
}

func serve(address string) { log.Fatal(http.ListenAndServe(address, nil)) }
