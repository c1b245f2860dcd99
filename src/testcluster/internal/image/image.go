// Package image makes container images of one layer from files of this machine, without a container engine, and completes
// the names in the archives of others.
//
// An image is written as an OCI image layout (image-spec v1) in a tar archive. Equal input gives equal bytes.
package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

// Image says what an image holds and how it runs.
type Image struct {
	Name       string            // such as localhost/client:1
	Files      map[string]string // path in the image to the file or folder of this machine that it gets; symbolic links are followed
	Entrypoint []string
	Env        []string // NAME=value
	User       string   // UID or UID:GID; empty for root
}

// containerdName is the annotation by which containerd names an image of an OCI layout.
const containerdName = "io.containerd.image.name"

// Write writes the image's archive.
func (i Image) Write(out io.Writer) error {
	name, err := Normalize(i.Name)
	if err != nil {
		return err
	}
	layer, err := i.layer()
	if err != nil {
		return err
	}
	layerDescriptor := describe(v1.MediaTypeImageLayer, layer)
	config, err := json.Marshal(v1.Image{
		Platform: v1.Platform{Architecture: runtime.GOARCH, OS: "linux"},
		Config:   v1.ImageConfig{Entrypoint: i.Entrypoint, Env: i.Env, User: i.User},
		RootFS:   v1.RootFS{Type: "layers", DiffIDs: []digest.Digest{layerDescriptor.Digest}},
	})
	if err != nil {
		return err
	}
	configDescriptor := describe(v1.MediaTypeImageConfig, config)
	manifest, err := json.Marshal(v1.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: v1.MediaTypeImageManifest,
		Config:    configDescriptor,
		Layers:    []v1.Descriptor{layerDescriptor},
	})
	if err != nil {
		return err
	}
	manifestDescriptor := describe(v1.MediaTypeImageManifest, manifest)
	manifestDescriptor.Annotations = map[string]string{v1.AnnotationRefName: name, containerdName: name}
	index, err := json.Marshal(v1.Index{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: v1.MediaTypeImageIndex,
		Manifests: []v1.Descriptor{manifestDescriptor},
	})
	if err != nil {
		return err
	}
	layout, err := json.Marshal(v1.ImageLayout{Version: v1.ImageLayoutVersion})
	if err != nil {
		return err
	}

	archive := tar.NewWriter(out)
	for _, file := range []struct {
		name    string
		content []byte
	}{
		{v1.ImageLayoutFile, layout},
		{v1.ImageIndexFile, index},
		{blob(manifestDescriptor), manifest},
		{blob(configDescriptor), config},
		{blob(layerDescriptor), layer},
	} {
		if err := addFile(archive, file.name, 0o644, file.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

// layer is a tar archive with the files, all root's, and a /tmp that everybody may write to.
func (i Image) layer() ([]byte, error) {
	var buffer bytes.Buffer
	archive := tar.NewWriter(&buffer)
	folders := map[string]bool{}
	if err := addFolder(archive, folders, "tmp", 0o1777); err != nil {
		return nil, err
	}
	targets := make([]string, 0, len(i.Files))
	for target := range i.Files {
		targets = append(targets, target)
	}
	slices.Sort(targets)
	for _, target := range targets {
		if !path.IsAbs(target) || path.Clean(target) != target {
			return nil, fmt.Errorf("path in the image %q: want an absolute path without .. or //", target)
		}
		if err := addTree(archive, folders, i.Files[target], target); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return buffer.Bytes(), err
}

// addTree adds a file, or a folder with all below it.
func addTree(archive *tar.Writer, folders map[string]bool, source, target string) error {
	root, err := filepath.EvalSymlinks(source)
	if err != nil {
		return err
	}
	return filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path.Join(target, filepath.ToSlash(below)), "/")
		if err := addParents(archive, folders, name); err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch mode := info.Mode(); {
		case mode.IsDir():
			return addFolder(archive, folders, name, int64(mode.Perm()))
		case mode.IsRegular():
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			return addFile(archive, name, int64(mode.Perm()), content)
		case mode&fs.ModeSymlink != 0:
			link, err := os.Readlink(file)
			if err != nil {
				return err
			}
			return archive.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: link, Mode: 0o777, ModTime: time.Unix(0, 0)})
		default:
			return fmt.Errorf("%s: neither file, folder nor symbolic link", file)
		}
	})
}

func addParents(archive *tar.Writer, folders map[string]bool, name string) error {
	parent := path.Dir(name)
	if parent == "." || folders[parent] {
		return nil
	}
	if err := addParents(archive, folders, parent); err != nil {
		return err
	}
	return addFolder(archive, folders, parent, 0o755)
}

func addFolder(archive *tar.Writer, folders map[string]bool, name string, mode int64) error {
	if name == "." || name == "" || folders[name] {
		return nil
	}
	folders[name] = true
	return archive.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, ModTime: time.Unix(0, 0)})
}

func describe(mediaType string, content []byte) v1.Descriptor {
	sum := sha256.Sum256(content)
	return v1.Descriptor{
		MediaType: mediaType,
		Digest:    digest.NewDigestFromEncoded(digest.SHA256, hex.EncodeToString(sum[:])),
		Size:      int64(len(content)),
	}
}

func blob(descriptor v1.Descriptor) string {
	return path.Join(v1.ImageBlobsDir, descriptor.Digest.Algorithm().String(), descriptor.Digest.Encoded())
}

// Normalize completes an image's name the way that the kubelet does: relay:1 is docker.io/library/relay:1, and a name
// without a tag gets :latest.
func Normalize(name string) (string, error) {
	named, err := reference.ParseDockerRef(name)
	if err != nil {
		return "", fmt.Errorf("image name %q: %w", name, err)
	}
	return named.String(), nil
}
