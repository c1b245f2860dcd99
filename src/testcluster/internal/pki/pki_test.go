package pki

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"slices"
	"testing"
	"time"
)

func TestIssuedCertificatesAreTrusted(t *testing.T) {
	authority, err := NewAuthority("test")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Issue(Identity{
		Name: "system:node:node", Groups: []string{"system:nodes"}, Hosts: []string{"node"},
		Addresses: []netip.Addr{netip.MustParseAddr("10.243.0.2")},
	})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := loaded.Leaf
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.Pair().Certificate)
	for _, host := range []string{"node", "10.243.0.2"} {
		for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
			if _, err := certificate.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, KeyUsages: []x509.ExtKeyUsage{usage}}); err != nil {
				t.Errorf("%s, usage %v: %v", host, usage, err)
			}
		}
	}
	if certificate.Subject.CommonName != "system:node:node" || !slices.Equal(certificate.Subject.Organization, []string{"system:nodes"}) {
		t.Errorf("subject %s", certificate.Subject)
	}
	if left := time.Until(certificate.NotAfter); left < lifetime-time.Minute {
		t.Errorf("valid for %s", left)
	}

	other, err := NewAuthority("test")
	if err != nil {
		t.Fatal(err)
	}
	strangers := x509.NewCertPool()
	strangers.AppendCertsFromPEM(other.Pair().Certificate)
	if _, err := certificate.Verify(x509.VerifyOptions{Roots: strangers}); err == nil {
		t.Error("another authority of the same name is taken for the issuer")
	}
}
