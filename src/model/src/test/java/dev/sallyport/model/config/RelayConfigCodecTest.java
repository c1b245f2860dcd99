package dev.sallyport.model.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayConfigCodecTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Fields whose absence means something. */
    private static final Set<String> OPTIONAL = Set.of(
            "sources",
            "listeners",
            "forwards",
            "reverses",
            "clusters",
            "clients",
            "rules",
            "connectPorts",
            "hosts",
            "ports",
            "methods",
            "unresolved",
            "redirectPort",
            "trustsTraces",
            "except",
            "clusterRanges",
            "hostnames",
            "trustedClients",
            "matches",
            "serverNames",
            "backends",
            "listener",
            "cluster",
            "path",
            "method",
            "headers",
            "protocols",
            "endpoints",
            "portName",
            "fallback",
            "selector",
            "tls",
            "clientCertificates",
            "proxyProtocol",
            "authorities",
            "certificates",
            "alpn",
            "trusted",
            "certificate",
            "active",
            "passive",
            "host",
            "statuses",
            "secrets");

    /** Optional in a cluster alone. */
    private static final Pattern ONLY_HERE =
            Pattern.compile("clusters\\[\\d+]\\.(slowStart|protocol|connections|limits|health)"
                    + "|reverses\\[\\d+]\\.rules\\[\\d+]\\.(streamTimeout|idleTimeout|lifetime)");

    @Test
    void writesTheGoldenForm() throws IOException {
        Path golden = Path.of("src/test/resources/golden/relay.json");
        byte[] written = RelayConfigCodec.write(RelayConfigs.whole());
        if (Boolean.getBoolean("golden.update")) {
            Files.write(golden, written);
        }
        assertThat(new String(written, UTF_8)).isEqualTo(Files.readString(golden));
    }

    @Test
    void readsWhatItWrote() throws InvalidConfigException {
        byte[] written = RelayConfigCodec.write(RelayConfigs.whole());
        assertThat(RelayConfigCodec.read(written)).isEqualTo(RelayConfigs.whole());
        assertThat(RelayConfigCodec.write(RelayConfigCodec.read(written))).isEqualTo(written);
    }

    @Test
    void namesContentByItsHash() {
        byte[] written = RelayConfigCodec.write(RelayConfigs.whole());
        assertThat(RelayConfigCodec.hash(written)).matches("[0-9a-f]{16}").isEqualTo(RelayConfigCodec.hash(written));
        written[written.length - 2] ^= 1;
        assertThat(RelayConfigCodec.hash(written))
                .isNotEqualTo(RelayConfigCodec.hash(RelayConfigCodec.write(RelayConfigs.whole())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                              | format: missing, this relay reads 1
            []                                              | format: missing, this relay reads 1
            {"format":2}                                    | format: 2 is not known, this relay reads 1
            {"format":"1"}                                  | format: must be a whole number, this relay reads 1
            {"format":1.0}                                  | format: 1.0 is not known, this relay reads 1
            {"format":1                                     | not JSON: it ends too early at line 1, column 12
            {"format":1,"format":1}                         | not JSON: Duplicate field 'format' at line 1, column 21
            {"format":1} 2                                  | not JSON: more follows the value at line 1, column 14
            """)
    void saysWhereAndWhatIsWrong(String json, String message) {
        assertThatThrownBy(() -> RelayConfigCodec.read(json.getBytes(UTF_8)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /loops                      | 1.5             | loops: must be a whole number
            /loops                      | "1"             | loops: must be a whole number
            /loops                      | 99999999999     | loops: 99999999999 is out of range: it must be from -2147483648 to 2147483647
            /sources/0/generation       | 99999999999999999999 | sources[0].generation: 99999999999999999999 is out of range: it must be from -9223372036854775808 to 9223372036854775807
            /admin                      | []              | admin: must be an object
            /admin/address              | 8               | admin.address: must be text
            /listeners                  | {}              | listeners: must be a list
            /listeners/0                | null            | listeners[0]: missing
            /listeners/0/role           | "BOTH"          | listeners[0].role: must be one of FORWARD, REVERSE
            /listeners/0/role           | 0               | listeners[0].role: must be one of FORWARD, REVERSE
            /forwards/0/guards/privateRanges | "true"     | forwards[0].guards.privateRanges: must be true or false
            /drain/delay                | "5 s"           | drain.delay: '5 s' is not a duration: write up to four numbers of at most five digits, each with h, m, s or ms, such as 1m30s
            /drain/delay                | ""              | drain.delay: '' is not a duration: write up to four numbers of at most five digits, each with h, m, s or ms, such as 1m30s
            /clusters/0/endpoints       | {}              | clusters[0].endpoints: 'from' is missing: it must be one of fixed, slices, application
            /clusters/0/endpoints/from  | "dns"           | clusters[0].endpoints: 'dns' is not known: it must be one of fixed, slices, application
            """)
    void saysWhereAValueIsWrong(String pointer, String value, String message) throws IOException {
        JsonNode config = JSON.readTree(RelayConfigCodec.write(RelayConfigs.whole()));
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = config.at(pointer.substring(0, slash));
        String field = pointer.substring(slash + 1);
        switch (parent) {
            case ArrayNode items -> items.set(Integer.parseInt(field), JSON.readTree(value));
            case ObjectNode members -> members.set(field, JSON.readTree(value));
            default -> throw new AssertionError(pointer);
        }
        assertThatThrownBy(() -> RelayConfigCodec.read(JSON.writeValueAsBytes(config)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(message);
    }

    @Test
    void refusesDeepNestingAndLongNumbers() {
        for (String json :
                List.of("[".repeat(100_000), "{\"a\":".repeat(100_000), "{\"format\":1" + "0".repeat(100_000) + "}")) {
            assertThatThrownBy(() -> RelayConfigCodec.read(json.getBytes(UTF_8)))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageStartingWith("not JSON: ");
        }
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] json = RelayConfigCodec.write(RelayConfigs.whole());
        json[new String(json, UTF_8).indexOf("shop")] = (byte) 0xff;
        assertThatThrownBy(() -> RelayConfigCodec.read(json))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("not JSON: ");
    }

    /** Each field of the golden form in turn: left out, null, of another type, and with an unknown one beside it. */
    @Test
    void knowsEveryFieldOfEveryRecord() throws IOException {
        JsonNode golden = JSON.readTree(RelayConfigCodec.write(RelayConfigs.whole()));
        List<String> faults = new ArrayList<>();
        List<String> pointers = new ArrayList<>();
        objects("", golden, pointers::add);
        assertThat(pointers).hasSizeGreaterThan(30);
        for (String pointer : pointers) {
            for (String field : (Iterable<String>) () -> golden.at(pointer).fieldNames()) {
                String path = path(pointer, field);
                boolean optional =
                        OPTIONAL.contains(field) || ONLY_HERE.matcher(path).matches();
                if (!optional || path.startsWith("drain")) {
                    String missing = failure(golden, pointer, object -> object.remove(field));
                    String expected = field.equals("from") ? "'from' is missing" : ": missing";
                    if (!missing.contains(expected)) {
                        faults.add(path + " left out: " + missing);
                    }
                }
                String mistyped = failure(
                        golden,
                        pointer,
                        object -> object.set(field, JSON.createArrayNode().add(true)));
                String place = field.equals("from") ? path(pointer, "").replaceAll("\\.$", "") : path;
                if (!mistyped.startsWith(place)) {
                    faults.add(path + " mistyped: " + mistyped);
                }
            }
            String unknown = failure(golden, pointer, object -> object.put("surprise", 1));
            if (!unknown.startsWith(path(pointer, "surprise") + ": unknown field, known are ")) {
                faults.add(pointer + " with an unknown field: " + unknown);
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void writesEveryComponentOfEveryRecord() throws IOException {
        Map<String, Set<String>> written = new HashMap<>();
        JsonNode golden = JSON.readTree(RelayConfigCodec.write(RelayConfigs.whole()));
        objects(
                "",
                golden,
                pointer -> golden.at(pointer)
                        .fieldNames()
                        .forEachRemaining(
                                name -> written.computeIfAbsent(pointer.replaceAll("/\\d+", ""), key -> new HashSet<>())
                                        .add(name)));
        List<String> unwritten = new ArrayList<>();
        components(RelayConfig.class, "", (pointer, name) -> {
            if (!written.getOrDefault(pointer, Set.of()).contains(name)) {
                unwritten.add(pointer + "/" + name);
            }
        });
        assertThat(unwritten).isEmpty();
    }

    private static void components(Class<?> type, String pointer, BiConsumer<String, String> found) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                components(permitted, pointer, found);
            }
        } else if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                found.accept(pointer, component.getName());
                Type of = component.getGenericType() instanceof ParameterizedType list
                        ? list.getActualTypeArguments()[0]
                        : component.getType();
                components((Class<?>) of, pointer + "/" + component.getName(), found);
            }
        }
    }

    @Test
    void survivesWhateverBytesComeAlong() {
        Random random = new Random(7);
        byte[] golden = RelayConfigCodec.write(RelayConfigs.whole());
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] json = golden.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                json[random.nextInt(json.length)] = (byte) "{}[]\",:0 x\u0000\u00ff-".charAt(random.nextInt(13));
            }
            try {
                RelayConfigCodec.read(json);
            } catch (InvalidConfigException e) {
                assertThat(e.getMessage()).doesNotContain("dev.sallyport", "com.fasterxml", "java.");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(2000);
    }

    private static void objects(String pointer, JsonNode node, Consumer<String> found) {
        if (node.isObject()) {
            found.accept(pointer);
            node.fields().forEachRemaining(field -> objects(pointer + "/" + field.getKey(), field.getValue(), found));
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            objects(pointer + "/" + i, node.get(i), found);
        }
    }

    private static String path(String pointer, String field) {
        return (pointer + "/" + field)
                .substring(1)
                .replaceAll("/(\\d+)(?=/|$)", "[$1]")
                .replace('/', '.');
    }

    private static String failure(JsonNode golden, String pointer, Consumer<ObjectNode> change) throws IOException {
        JsonNode copy = golden.deepCopy();
        change.accept((ObjectNode) copy.at(pointer));
        try {
            return "accepted as " + RelayConfigCodec.read(JSON.writeValueAsBytes(copy));
        } catch (InvalidConfigException e) {
            return e.getMessage();
        }
    }
}
