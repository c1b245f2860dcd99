package image

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

// maxManifest bounds what is read of an archive's list of images.
const maxManifest = 1 << 20

// Relabel copies an image archive and completes its images' names on the way, because the kubelet asks for complete names
// and containerd stores whatever an OCI archive says. A name that is given replaces that of the archive's only image.
// Reads OCI archives (index.json) and docker-archives (manifest.json). Returns the names.
func Relabel(in io.Reader, out io.Writer, name string) ([]string, error) {
	reader, writer := tar.NewReader(in), tar.NewWriter(out)
	var names []string
	var found bool
	for {
		header, err := reader.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("not a tar archive: %w", err)
		}
		var relabel func([]byte, string) ([]byte, []string, error)
		switch path.Clean(header.Name) {
		case v1.ImageIndexFile:
			relabel = relabelIndex
		case "manifest.json":
			relabel = relabelManifest
		default:
			if err := writer.WriteHeader(header); err != nil {
				return nil, err
			}
			if _, err := io.Copy(writer, reader); err != nil {
				return nil, err
			}
			continue
		}
		if header.Size > maxManifest {
			return nil, fmt.Errorf("%s has %d bytes, more than %d", header.Name, header.Size, maxManifest)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return nil, err
		}
		content, names, err = relabel(content, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", header.Name, err)
		}
		if err := addFile(writer, header.Name, 0o644, content); err != nil {
			return nil, err
		}
		found = true
	}
	if !found {
		return nil, errors.New("neither an OCI archive (index.json) nor a docker-archive (manifest.json)")
	}
	return names, writer.Close()
}

func relabelIndex(content []byte, name string) ([]byte, []string, error) {
	var index v1.Index
	if err := json.Unmarshal(content, &index); err != nil {
		return nil, nil, err
	}
	if name != "" && len(index.Manifests) != 1 {
		return nil, nil, fmt.Errorf("%d images, and one name for them", len(index.Manifests))
	}
	var names []string
	for i := range index.Manifests {
		annotations := index.Manifests[i].Annotations
		own := annotations[containerdName]
		if own == "" {
			own = annotations[v1.AnnotationRefName]
		}
		complete, err := choose(name, own)
		if err != nil {
			return nil, nil, err
		}
		if annotations == nil {
			annotations = map[string]string{}
			index.Manifests[i].Annotations = annotations
		}
		annotations[containerdName], annotations[v1.AnnotationRefName] = complete, complete
		names = append(names, complete)
	}
	content, err := json.Marshal(index)
	return content, names, err
}

func relabelManifest(content []byte, name string) ([]byte, []string, error) {
	var images []map[string]json.RawMessage
	if err := json.Unmarshal(content, &images); err != nil {
		return nil, nil, err
	}
	if name != "" && len(images) != 1 {
		return nil, nil, fmt.Errorf("%d images, and one name for them", len(images))
	}
	var names []string
	for _, image := range images {
		var tags []string
		if err := json.Unmarshal(image["RepoTags"], &tags); image["RepoTags"] != nil && err != nil {
			return nil, nil, fmt.Errorf("RepoTags: %w", err)
		}
		if name != "" || len(tags) == 0 {
			tags = []string{""}
		}
		for i, tag := range tags {
			complete, err := choose(name, tag)
			if err != nil {
				return nil, nil, err
			}
			tags[i] = complete
		}
		names = append(names, tags...)
		encoded, err := json.Marshal(tags)
		if err != nil {
			return nil, nil, err
		}
		image["RepoTags"] = encoded
	}
	content, err := json.Marshal(images)
	return content, names, err
}

// choose completes the given name or, if there is none, the archive's. An OCI archive may have only a tag for a name.
func choose(given, own string) (string, error) {
	if given != "" {
		return Normalize(given)
	}
	if !strings.ContainsAny(own, "/:@") {
		return "", fmt.Errorf("the archive names its image %q, which is no complete name: give one", own)
	}
	return Normalize(own)
}

func addFile(archive *tar.Writer, name string, mode int64, content []byte) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content)), ModTime: time.Unix(0, 0)}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err := archive.Write(content)
	return err
}
