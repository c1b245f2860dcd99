package dev.sallyport.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** An example, by the commands of its README, which is the only place that has them. */
public final class Example {
    private static final Pattern BLOCK = Pattern.compile("^```\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    private final Kubectl kubectl;
    private final Path folder;
    private final List<String> blocks;
    private final Set<String> left;

    private Example(Kubectl kubectl, Path folder, List<String> blocks) {
        this.kubectl = kubectl;
        this.folder = folder;
        this.blocks = blocks;
        this.left = new LinkedHashSet<>(blocks);
    }

    /** @param results where a folder is made for the files that commands leave behind; {@code deploy} is there as in the repository */
    static Example read(Kubectl kubectl, Path root, String name, Path results) {
        Path deploy = root.resolve("deploy");
        try {
            String readme = Files.readString(deploy.resolve("examples/" + name + "/README.md"));
            Path folder = Files.createTempDirectory(results, name);
            Files.createSymbolicLink(folder.resolve("deploy"), deploy);
            return new Example(
                    kubectl,
                    folder,
                    BLOCK.matcher(readme)
                            .results()
                            .map((MatchResult found) -> found.group(1))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the commands of the one block that has this in it, however they end. */
    public Run attempt(String part) {
        List<String> found =
                blocks.stream().filter(block -> block.contains(part)).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " blocks of the README with " + part + ": " + found);
        }
        left.remove(found.getFirst());
        return kubectl.shell(folder, found.getFirst());
    }

    /** What the commands of the one block that has this in it print; they must succeed. */
    public String run(String part) {
        return attempt(part).output();
    }

    /** What the block's curl got. */
    public Answer curl(String part) {
        return Answer.of(attempt(part));
    }

    /** The commands that were not run. */
    public Set<String> left() {
        return left;
    }
}
