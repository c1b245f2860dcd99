package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// chain is hooked into FORWARD of the table mangle: that comes before kube-proxy's rules in the table filter, which accept
// whatever they marked for masquerading, and after the Service's address has become a pod's.
const chain = "SALLYPORT-POLICY"

// maxComment is what iptables takes as a comment.
const maxComment = 255

// Set is an ipset. It is named after its content and never changes: new content is a new set.
type Set struct {
	Name    string
	Type    string
	Members []string
}

// Program is what the packet filter is to hold.
type Program struct {
	Sets  []Set
	Chain string // input of iptables-restore; replaces the chain at once
}

// Render writes rules as sets and a chain that refers to them.
func Render(rules Rules) Program {
	r := renderer{sets: map[string]Set{}}
	r.line("*mangle")
	r.line(":%s - [0:0]", chain)
	if len(rules.Isolated) > 0 {
		r.line("-A %s -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN", chain)
		r.line("-A %s -m set ! --match-set %s dst -j RETURN", chain, r.set("hash:ip", texts(rules.Isolated)))
		for _, pod := range rules.Isolated {
			// A pod always reaches itself, here through its Service.
			r.line("-A %s -s %s -d %s -j RETURN", chain, pod, pod)
		}
		for _, allow := range rules.Allows {
			comment := allow.Policy[:min(len(allow.Policy), maxComment)]
			r.line("-A %s -m comment --comment %q%s%s -j RETURN", chain, comment, r.from(allow.From), r.to(allow.To))
		}
		r.line("-A %s -j DROP", chain)
	}
	r.line("COMMIT")

	program := Program{Chain: r.text.String()}
	for _, set := range r.sets {
		program.Sets = append(program.Sets, set)
	}
	slices.SortFunc(program.Sets, func(a, b Set) int { return strings.Compare(a.Name, b.Name) })
	return program
}

type renderer struct {
	text strings.Builder
	sets map[string]Set
}

func (r *renderer) line(format string, arguments ...any) {
	fmt.Fprintf(&r.text, format+"\n", arguments...)
}

func (r *renderer) from(source Source) string {
	switch from := source.(type) {
	case Anywhere:
		return ""
	case Pods:
		return fmt.Sprintf(" -m set --match-set %s src", r.set("hash:ip", texts(from)))
	case Block:
		match := " -s " + from.Range.String()
		if len(from.Except) > 0 {
			match += fmt.Sprintf(" -m set ! --match-set %s src", r.set("hash:net", texts(from.Except)))
		}
		return match
	default:
		panic(fmt.Sprintf("source %T", source))
	}
}

func (r *renderer) to(target Target) string {
	switch to := target.(type) {
	case AnyPort:
		return fmt.Sprintf(" -m set --match-set %s dst", r.set("hash:ip", texts(to.Pods)))
	case PortRange:
		return fmt.Sprintf(" -m set --match-set %s dst -p %s --dport %d:%d",
			r.set("hash:ip", texts(to.Pods)), strings.ToLower(string(to.Protocol)), to.First, to.Last)
	case NamedPort:
		var members []string
		for _, port := range to.Ports {
			members = append(members, fmt.Sprintf("%s,%s:%d", port.Addr(), strings.ToLower(string(to.Protocol)), port.Port()))
		}
		return fmt.Sprintf(" -m set --match-set %s dst,dst", r.set("hash:ip,port", members))
	default:
		panic(fmt.Sprintf("target %T", target))
	}
}

// set returns the name of the set with these members.
func (r *renderer) set(kind string, members []string) string {
	sum := sha256.Sum256([]byte(kind + " " + strings.Join(members, " ")))
	name := "sallyport-" + hex.EncodeToString(sum[:10]) // ipset takes 31 bytes
	r.sets[name] = Set{name, kind, members}
	return name
}

func texts[T fmt.Stringer](all []T) []string {
	var result []string
	for _, one := range all {
		result = append(result, one.String())
	}
	return result
}
