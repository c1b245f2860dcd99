package dev.sallyport.cli.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Reads YAML 1.2 (and so JSON) into {@link Document}s. Hostile input ends in a message, never in unbounded memory. */
public final class YamlReader {
    private static final int MAX_CHARACTERS = 16 << 20;
    /** Aliases repeat what they name; a file of a few lines could name billions of nodes. */
    private static final int MAX_NODES = 1_000_000;

    private static final int MAX_DEPTH = 100;
    private static final int MAX_DIGITS = 64;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Path file;
    private int nodes;
    private final Map<Node, Boolean> open = new IdentityHashMap<>();
    private Map<String, Position> positions = new HashMap<>();

    private YamlReader(Path file) {
        this.file = file;
    }

    /** The objects of {@code file}, in its order; empty documents are passed over. */
    public static List<Document> read(Path file) throws UnreadableException {
        try {
            return read(file, Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new UnreadableException(new Position(file, 1, 1), "not UTF-8 text");
        } catch (IOException e) {
            throw new UnreadableException(new Position(file, 1, 1), "cannot be read: " + e.getMessage());
        }
    }

    /** The objects of {@code text}, with positions in {@code file}. */
    public static List<Document> read(Path file, String text) throws UnreadableException {
        return new YamlReader(file).documents(text);
    }

    private List<Document> documents(String text) throws UnreadableException {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setCodePointLimit(MAX_CHARACTERS)
                .setUseMarks(true)
                .setAllowNonScalarKeys(true) // refused below, with a position
                .build();
        List<Document> documents = new ArrayList<>();
        try {
            limitDepth(new Parse(settings).parseString(text));
            for (Node root : new Compose(settings).composeAllFromString(text)) {
                if (root.getTag().equals(Tag.NULL)) {
                    continue;
                }
                Position start = position(root);
                if (!(root instanceof MappingNode mapping)) {
                    throw new UnreadableException(
                            start, "not an object: a document must have apiVersion, kind and metadata");
                }
                positions = new HashMap<>();
                documents.add(new Document(start, object(mapping, "", 0), positions));
            }
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark();
            throw new UnreadableException(mark.map(this::position).orElse(beginning()), "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new UnreadableException(beginning(), "not YAML: " + e.getMessage());
        }
        return documents;
    }

    /** The composer calls itself for every level, so depth is looked at in the events, which it does not. */
    private void limitDepth(Iterable<Event> events) throws UnreadableException {
        int depth = 0;
        for (Event event : events) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> {
                    if (++depth > MAX_DEPTH) {
                        throw new UnreadableException(
                                event.getStartMark().map(this::position).orElse(beginning()),
                                "too large: at most " + MAX_DEPTH + " levels are read");
                    }
                }
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
        }
    }

    private JsonNode value(Node node, String path, int depth) throws UnreadableException {
        if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
            throw new UnreadableException(
                    position(node),
                    "too large: at most " + MAX_NODES + " values and " + MAX_DEPTH
                            + " levels are read, counting what aliases repeat");
        }
        positions.putIfAbsent(path, position(node));
        return switch (node) {
            case MappingNode mapping -> object(mapping, path, depth);
            case SequenceNode sequence -> array(sequence, path, depth);
            case ScalarNode scalar -> scalar(scalar);
            default -> throw new UnreadableException(position(node), "an alias to nothing");
        };
    }

    private ObjectNode object(MappingNode mapping, String path, int depth) throws UnreadableException {
        enter(mapping);
        ObjectNode object = JSON.objectNode();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new UnreadableException(position(tuple.getKeyNode()), "a field's name must be text");
            }
            String name = key.getValue();
            if (object.has(name)) {
                throw new UnreadableException(position(key), "the field '" + name + "' is there twice");
            }
            String inner = path.isEmpty() ? name : path + "." + name;
            positions.put(inner, position(key));
            object.set(name, value(tuple.getValueNode(), inner, depth + 1));
        }
        open.remove(mapping);
        return object;
    }

    private ArrayNode array(SequenceNode sequence, String path, int depth) throws UnreadableException {
        enter(sequence);
        ArrayNode array = JSON.arrayNode();
        int index = 0;
        for (Node element : sequence.getValue()) {
            array.add(value(element, path + "[" + index++ + "]", depth + 1));
        }
        open.remove(sequence);
        return array;
    }

    private void enter(Node node) throws UnreadableException {
        if (open.put(node, true) != null) {
            throw new UnreadableException(position(node), "contains itself");
        }
    }

    private JsonNode scalar(ScalarNode scalar) throws UnreadableException {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        boolean number = tag.equals(Tag.INT) || tag.equals(Tag.FLOAT);
        if (number && text.length() > MAX_DIGITS) {
            throw new UnreadableException(position(scalar), "a number of more than " + MAX_DIGITS + " digits");
        }
        try {
            if (tag.equals(Tag.NULL)) {
                return JSON.nullNode();
            } else if (tag.equals(Tag.BOOL)) {
                return JSON.booleanNode(Boolean.parseBoolean(text));
            } else if (tag.equals(Tag.INT)) {
                return integer(text);
            } else if (tag.equals(Tag.FLOAT) && Character.isDigit(text.charAt(text.length() - 1))) {
                return JSON.numberNode(new BigDecimal(text));
            }
        } catch (NumberFormatException e) {
            throw new UnreadableException(position(scalar), "'" + text + "' is not a number");
        }
        return JSON.textNode(text);
    }

    private static JsonNode integer(String text) {
        BigInteger number = text.startsWith("0x")
                ? new BigInteger(text.substring(2), 16)
                : text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
        if (number.bitLength() < 32) {
            return JSON.numberNode(number.intValueExact());
        }
        return number.bitLength() < 64 ? JSON.numberNode(number.longValueExact()) : JSON.numberNode(number);
    }

    private Position position(Node node) {
        return node.getStartMark().map(this::position).orElse(beginning());
    }

    private Position beginning() {
        return new Position(file, 1, 1);
    }

    private Position position(Mark mark) {
        return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
