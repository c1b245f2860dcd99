package image

import (
	"context"
	"debug/elf"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// ProgramFiles are the files that a program of this machine needs in an image: the program at its own path, and the shared
// libraries and the loader where it looks for them.
func ProgramFiles(ctx context.Context, program string) (map[string]string, error) {
	program, err := exec.LookPath(program)
	if err != nil {
		return nil, err
	}
	if program, err = filepath.Abs(program); err != nil {
		return nil, err
	}
	files := map[string]string{program: program}
	binary, err := elf.Open(program)
	if err != nil {
		return nil, fmt.Errorf("%s: not a program that can be taken along: %w", program, err)
	}
	defer binary.Close()
	if binary.Section(".interp") == nil {
		return files, nil // linked statically
	}
	output, err := exec.CommandContext(ctx, "ldd", program).Output()
	if err != nil {
		return nil, fmt.Errorf("ldd %s: %w", program, err)
	}
	libraries, err := parseLdd(string(output))
	if err != nil {
		return nil, fmt.Errorf("ldd %s: %w", program, err)
	}
	for _, library := range libraries {
		files[library] = library
	}
	return files, nil
}

// parseLdd reads the paths out of lines such as
//
//	libcurl.so.4 => /lib/x86_64-linux-gnu/libcurl.so.4 (0x00007f...)
//	/lib64/ld-linux-x86-64.so.2 (0x00007f...)
//	linux-vdso.so.1 (0x00007f...)
func parseLdd(output string) ([]string, error) {
	var paths []string
	for line := range strings.Lines(output) {
		name, target, arrow := strings.Cut(strings.TrimSpace(line), " => ")
		if arrow {
			name = target
		}
		if name == "not found" {
			return nil, fmt.Errorf("a library is missing: %s", strings.TrimSpace(line))
		}
		if file, _, _ := strings.Cut(name, " ("); strings.HasPrefix(file, "/") {
			paths = append(paths, file)
		}
	}
	return paths, nil
}
