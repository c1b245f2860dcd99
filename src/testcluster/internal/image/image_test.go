package image

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/opencontainers/go-digest"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

func TestImageIsAValidLayout(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "tree/sub/file"), "content", 0o640)
	write(t, filepath.Join(dir, "program"), "binary", 0o755)
	if err := os.Symlink("sub/file", filepath.Join(dir, "tree/link")); err != nil {
		t.Fatal(err)
	}
	made := Image{
		Name:       "example:1",
		Files:      map[string]string{"/opt/tree": filepath.Join(dir, "tree"), "/bin/program": filepath.Join(dir, "program")},
		Entrypoint: []string{"/bin/program", "run"}, Env: []string{"A=b"}, User: "65532",
	}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := made.Write(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("equal images differ")
	}

	files := entries(t, first.Bytes())
	blobOf := func(descriptor v1.Descriptor) []byte {
		content := files[blob(descriptor)]
		if int64(len(content)) != descriptor.Size || digest.FromBytes(content) != descriptor.Digest {
			t.Fatalf("%s: content does not match its descriptor", descriptor.MediaType)
		}
		return content
	}
	index := decode[v1.Index](t, files["index.json"])
	if got := index.Manifests[0].Annotations[v1.AnnotationRefName]; got != "docker.io/library/example:1" {
		t.Errorf("name %q", got)
	}
	manifest := decode[v1.Manifest](t, blobOf(index.Manifests[0]))
	config := decode[v1.Image](t, blobOf(manifest.Config))
	if !slices.Equal(config.Config.Entrypoint, made.Entrypoint) || !slices.Equal(config.Config.Env, made.Env) || config.Config.User != made.User {
		t.Errorf("config %+v", config.Config)
	}
	layer := blobOf(manifest.Layers[0])
	if config.RootFS.DiffIDs[0] != digest.FromBytes(layer) {
		t.Error("the configuration names another layer")
	}
	var got []string
	for reader := tar.NewReader(bytes.NewReader(layer)); ; {
		header, err := reader.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, header.FileInfo().Mode().String()+" "+header.Name+" "+header.Linkname)
	}
	want := []string{
		"dtrwxrwxrwx tmp/ ", "drwxr-xr-x bin/ ", "-rwxr-xr-x bin/program ", "drwxr-xr-x opt/ ", "drwxr-xr-x opt/tree/ ",
		"Lrwxrwxrwx opt/tree/link sub/file", "drwxr-xr-x opt/tree/sub/ ", "-rw-r----- opt/tree/sub/file ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("layer\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestBadImages(t *testing.T) {
	existing := filepath.Join(t.TempDir(), "file")
	write(t, existing, "", 0o644)
	for name, made := range map[string]Image{
		"image name":    {Name: "UPPER:1"},
		"absolute path": {Name: "a:1", Files: map[string]string{"relative": existing}},
		"without ..":    {Name: "a:1", Files: map[string]string{"/a/../../etc/passwd": existing}},
		"no such file":  {Name: "a:1", Files: map[string]string{"/a": existing + ".missing"}},
	} {
		if err := made.Write(io.Discard); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one with %q", err, name)
		}
	}
}

func TestRelabel(t *testing.T) {
	oci := func(annotations ...string) []byte {
		var manifests []string
		for _, annotation := range annotations {
			manifests = append(manifests, `{"mediaType":"m","digest":"sha256:00","size":1,"annotations":{`+annotation+`}}`)
		}
		return archive(t, "blobs/sha256/00", "blob", "index.json", `{"schemaVersion":2,"manifests":[`+strings.Join(manifests, ",")+`]}`)
	}
	docker := func(tags string) []byte {
		return archive(t, "manifest.json", `[{"Config":"c.json","RepoTags":`+tags+`,"Layers":["l.tar"]}]`, "l.tar", "blob")
	}
	const refName, containerd = `"org.opencontainers.image.ref.name":`, `"io.containerd.image.name":`
	for name, test := range map[string]struct {
		archive []byte
		name    string
		want    []string
		err     string
	}{
		"short name":                  {archive: oci(refName + `"relay:1"`), want: []string{"docker.io/library/relay:1"}},
		"containerd's name counts":    {archive: oci(refName + `"1",` + containerd + `"localhost/relay:1"`), want: []string{"localhost/relay:1"}},
		"two images":                  {archive: oci(refName+`"a:1"`, refName+`"b/c"`), want: []string{"docker.io/library/a:1", "docker.io/b/c:latest"}},
		"given name":                  {archive: oci(refName + `"1"`), name: "localhost/x", want: []string{"localhost/x:latest"}},
		"given name for none":         {archive: oci(``), name: "x:1", want: []string{"docker.io/library/x:1"}},
		"only a tag":                  {archive: oci(refName + `"1"`), err: `names its image "1"`},
		"no name":                     {archive: oci(``), err: `names its image ""`},
		"one name for two":            {archive: oci(refName+`"a:1"`, refName+`"b:1"`), name: "x:1", err: "2 images"},
		"docker":                      {archive: docker(`["a:1","b:2"]`), want: []string{"docker.io/library/a:1", "docker.io/library/b:2"}},
		"docker with a given name":    {archive: docker(`["a:1"]`), name: "x:1", want: []string{"docker.io/library/x:1"}},
		"docker without tags":         {archive: docker(`null`), err: `names its image ""`},
		"docker with odd tags":        {archive: docker(`7`), err: "RepoTags"},
		"odd JSON":                    {archive: archive(t, "index.json", `{"manifests":7}`), err: "index.json"},
		"a name that cannot be":       {archive: oci(refName + `"a:b:c"`), err: "invalid reference"},
		"neither":                     {archive: archive(t, "file", "x"), err: "neither an OCI archive"},
		"not a tar archive":           {archive: bytes.Repeat([]byte("x"), 1024), err: "not a tar archive"},
		"empty":                       {archive: nil, err: "neither an OCI archive"},
		"cut off":                     {archive: oci(refName + `"a:1"`)[:514], err: "unexpected EOF"},
		"a list that is not ours yet": {archive: archive(t, "index.json", strings.Repeat(" ", maxManifest+1)), err: "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			names, err := Relabel(iotest.HalfReader(bytes.NewReader(test.archive)), &out, test.name)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error %v, want one with %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(names, test.want) {
				t.Errorf("names %q, want %q", names, test.want)
			}
			again, err := Relabel(bytes.NewReader(out.Bytes()), io.Discard, "")
			if err != nil || !slices.Equal(again, test.want) {
				t.Errorf("the copy names %q (%v), want %q", again, err, test.want)
			}
			before, after := entries(t, test.archive), entries(t, out.Bytes())
			for _, name := range []string{"blobs/sha256/00", "l.tar"} {
				if !bytes.Equal(before[name], after[name]) {
					t.Errorf("%s changed", name)
				}
			}
		})
	}
}

func TestRelabelTellsWhenNobodyReads(t *testing.T) {
	broken := errors.New("broken pipe")
	in := archive(t, "file", "content", "index.json", `{}`)
	if _, err := Relabel(bytes.NewReader(in), failing{broken}, ""); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestParseLdd(t *testing.T) {
	got, err := parseLdd("\tlinux-vdso.so.1 (0x00007ffd)\n" +
		"\tlibcurl.so.4 => /lib/x86_64-linux-gnu/libcurl.so.4 (0x00007f01)\n" +
		"\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)\n")
	if want := []string{"/lib/x86_64-linux-gnu/libcurl.so.4", "/lib64/ld-linux-x86-64.so.2"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if _, err := parseLdd("\tlibgone.so => not found\n"); err == nil || !strings.Contains(err.Error(), "libgone.so") {
		t.Errorf("error %v, want one that names libgone.so", err)
	}
}

func TestProgramFiles(t *testing.T) {
	files, err := ProgramFiles(t.Context(), "ls")
	if err != nil {
		t.Fatal(err)
	}
	var libc bool
	for target, source := range files {
		libc = libc || strings.Contains(target, "libc.so")
		if target != source || !filepath.IsAbs(target) {
			t.Errorf("%s comes from %s", target, source)
		}
	}
	if !libc {
		t.Errorf("no libc among %v", files)
	}
	script := filepath.Join(t.TempDir(), "script")
	write(t, script, "#!/bin/sh\n", 0o755)
	if _, err := ProgramFiles(t.Context(), script); err == nil || !strings.Contains(err.Error(), script) {
		t.Errorf("error %v, want one that names the script", err)
	}
}

func write(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// archive makes a tar archive of name, content, name, content...
func archive(t *testing.T, files ...string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for i := 0; i < len(files); i += 2 {
		if err := addFile(writer, files[i], 0o644, []byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func entries(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for reader := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := reader.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
	}
}

func decode[T any](t *testing.T, content []byte) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(content, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
