// Command coredns is CoreDNS with the few plugins that the test cluster's Corefile names.
//
// It is built in this module rather than installed from CoreDNS' own because it then shares Kubernetes' compiled
// packages: twelve seconds instead of minutes.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/hosts"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/template"
)

func main() {
	// The order of this list is the order in which the plugins see a query: the last answers what no other knows.
	dnsserver.Directives = []string{"bind", "errors", "hosts", "kubernetes", "template"}
	coremain.Run()
}
