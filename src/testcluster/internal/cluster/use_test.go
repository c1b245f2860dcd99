package cluster

import (
	"net/netip"
	"testing"
)

func TestHostsFile(t *testing.T) {
	first, second := netip.MustParseAddr("203.0.113.10"), netip.MustParseAddr("203.0.113.11")
	hosts := withName(nil, "www.example.test", []netip.Addr{first, second})
	hosts = withName(hosts, "api.example.test", []netip.Addr{first})
	hosts = withName(hosts, "www.example.test", []netip.Addr{second})
	if want := "203.0.113.10 api.example.test\n203.0.113.11 www.example.test\n"; string(hosts) != want {
		t.Errorf("got %q, want %q", hosts, want)
	}
	if got := withName(withName(hosts, "www.example.test", nil), "api.example.test", nil); len(got) != 0 {
		t.Errorf("got %q, want nothing", got)
	}
}

func TestFoldersThatCannotBe(t *testing.T) {
	for _, dir := range []string{"/run/cluster", "/var/run/x", "/run", "/" + string(make([]byte, 100)), "/proc"} {
		if checkFolder(dir) == nil {
			t.Errorf("%q is accepted", dir)
		}
	}
	if err := checkFolder(t.TempDir()); err != nil {
		t.Error(err)
	}
}
