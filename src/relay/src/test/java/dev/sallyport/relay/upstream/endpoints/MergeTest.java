package dev.sallyport.relay.upstream.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.json.Json;
import dev.sallyport.model.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeTest {
    private static final EndpointSet.Slices HTTP =
            new EndpointSet.Slices("shop", "cart", "http", new Endpoint("10.96.0.9", 80));

    private static Slice slice(String json) throws Exception {
        return SliceReader.read(json(json));
    }

    private static Json json(String json) throws MalformedJsonException {
        return Json.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static List<Endpoint> merge(String... slices) throws Exception {
        List<Slice> read = new ArrayList<>();
        for (String slice : slices) {
            read.add(slice(slice));
        }
        List<Endpoint> merged = Merge.endpoints(read, HTTP);
        assertThat(Merge.endpoints(read.reversed(), HTTP)).as("in any order").isEqualTo(merged);
        return merged;
    }

    private static String v4(String endpoints) {
        return "{'metadata':{'name':'a-" + endpoints.hashCode() + "'},'addressType':'IPv4',"
                + "'ports':[{'name':'http','port':8080},{'name':'admin','port':9090}],'endpoints':[" + endpoints + "]}";
    }

    private static String v6(String endpoints) {
        return v4(endpoints).replace("IPv4", "IPv6");
    }

    @Test
    void takesWhatIsReadyAndNotTerminating() throws Exception {
        assertThat(merge(v4("""
                {'addresses':['10.0.0.1'],'conditions':{'ready':true}},
                {'addresses':['10.0.0.2'],'conditions':{'ready':false}},
                {'addresses':['10.0.0.3'],'conditions':{'ready':null}},
                {'addresses':['10.0.0.4'],'conditions':{}},
                {'addresses':['10.0.0.5']},
                {'addresses':['10.0.0.6'],'conditions':{'ready':false,'serving':true,'terminating':true}},
                {'addresses':['10.0.0.7'],'conditions':{'ready':true,'serving':true,'terminating':true}}""")))
                .extracting(Endpoint::address)
                .containsExactly("10.0.0.1", "10.0.0.3", "10.0.0.4", "10.0.0.5");
    }

    @Test
    void picksThePortByName() throws Exception {
        String slice = v4("{'addresses':['10.0.0.1']}");
        EndpointSet.Slices admin = new EndpointSet.Slices("shop", "cart", "admin", HTTP.fallback());
        EndpointSet.Slices unnamed = new EndpointSet.Slices("shop", "cart", "", HTTP.fallback());
        assertThat(Merge.endpoints(List.of(slice(slice)), HTTP)).containsExactly(new Endpoint("10.0.0.1", 8080));
        assertThat(Merge.endpoints(List.of(slice(slice)), admin)).containsExactly(new Endpoint("10.0.0.1", 9090));
        assertThat(Merge.endpoints(List.of(slice(slice)), unnamed)).isEmpty();
        assertThat(Merge.endpoints(List.of(slice(slice.replace("'name':'http',", ""))), unnamed))
                .containsExactly(new Endpoint("10.0.0.1", 8080));
        assertThat(Merge.endpoints(List.of(slice(slice.replace("'name':'http',", "'name':null,"))), unnamed))
                .containsExactly(new Endpoint("10.0.0.1", 8080));
    }

    @Test
    void leavesOutPortsThatAreNotTcpOrHaveNoNumber() throws Exception {
        String slice = v4("{'addresses':['10.0.0.1']}");
        assertThat(merge(slice.replace("'port':8080", "'port':8080,'protocol':'UDP'")))
                .isEmpty();
        assertThat(merge(slice.replace("'port':8080", "'port':null"))).isEmpty();
        assertThat(merge(slice.replace("'port':8080", "'port':70000"))).isEmpty();
        assertThat(merge(slice.replace("'port':8080", "'port':'http'"))).isEmpty();
    }

    @Test
    void countsEachAddressOnceAcrossSlices() throws Exception {
        assertThat(merge(
                        v4("{'addresses':['10.0.0.2']},{'addresses':['10.0.0.1']}"),
                        v4("{'addresses':['10.0.0.2']},{'addresses':['10.0.0.3']}")))
                .extracting(Endpoint::address)
                .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3");
    }

    @Test
    void countsAPodOfBothFamiliesOnceByTheFamilyOfTheService() throws Exception {
        String four = v4("{'addresses':['10.0.0.1'],'targetRef':{'uid':'u1'}}");
        String six = v6("{'addresses':['2001:db8::1'],'targetRef':{'uid':'u1'}},"
                + "{'addresses':['2001:db8::2'],'targetRef':{'uid':'u2'}},{'addresses':['2001:db8::3']}");
        assertThat(merge(four, six))
                .extracting(Endpoint::address)
                .containsExactly("10.0.0.1", "2001:db8:0:0:0:0:0:2", "2001:db8:0:0:0:0:0:3");
        EndpointSet.Slices overSix = new EndpointSet.Slices("shop", "cart", "http", new Endpoint("2001:db8::9", 80));
        assertThat(Merge.endpoints(List.of(slice(four), slice(six)), overSix))
                .extracting(Endpoint::address)
                .containsExactly("2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:2", "2001:db8:0:0:0:0:0:3");
    }

    @Test
    void neverDialsWhatIsNoAddress() throws Exception {
        assertThat(merge(v4("{'addresses':['metadata.internal']},{'addresses':[]},{'addresses':[7]},{'addresses':'x'},"
                        + "{'addresses':['10.1']},{'addresses':['fe80::1%eth0']},"
                        + "7,null,{'addresses':['10.0.0.1']}")))
                .containsExactly(new Endpoint("10.0.0.1", 8080));
        assertThat(merge(v4("{'addresses':['shop.example.com']}").replace("IPv4", "FQDN")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "null",
                "[]",
                "{}",
                "{'metadata':{'name':7},'addressType':'IPv4'}",
                "{'metadata':{'name':'a'}}",
                "{'metadata':'a','addressType':'IPv4'}",
                "{'metadata':{'name':'a'},'addressType':'IPv4','endpoints':{}}",
                "{'metadata':{'name':'a'},'addressType':'IPv4','ports':7}"
            })
    void refusesWhatIsNoSlice(String json) {
        assertThatThrownBy(() -> slice(json)).isInstanceOf(UnreadableException.class);
    }

    @Test
    void readsOrRefusesWhateverItIsGiven() throws Exception {
        String whole = v4("{'addresses':['10.0.0.1'],'conditions':{'ready':true},'targetRef':{'uid':'u'}}");
        String[] oddities = {"null", "7", "-1e99", "'x'", "[]", "{}", "[[null]]", "{'a':{}}", "true"};
        SplittableRandom random = new SplittableRandom(3);
        int read = 0;
        for (int round = 0; round < 5_000; round++) {
            StringBuilder odd = new StringBuilder(whole);
            int colon = nth(whole, ':', random.nextInt(14));
            int end = colon + 1 + random.nextInt(12);
            odd.replace(colon + 1, Math.min(end, odd.length()), oddities[random.nextInt(oddities.length)]);
            Json json;
            try {
                json = json(odd.toString());
            } catch (MalformedJsonException e) {
                continue;
            }
            try {
                for (Endpoint endpoint : Merge.endpoints(List.of(SliceReader.read(json)), HTTP)) {
                    assertThat(endpoint.address()).isEqualTo("10.0.0.1");
                    assertThat(endpoint.port()).isBetween(1, 65_535);
                }
                read++;
            } catch (UnreadableException e) {
                assertThat(e).hasMessageStartingWith("EndpointSlice ");
            }
        }
        assertThat(read).isGreaterThan(100);
    }

    private static int nth(String text, char wanted, int n) {
        int at = text.indexOf(wanted);
        for (int i = 0; i < n && text.indexOf(wanted, at + 1) >= 0; i++) {
            at = text.indexOf(wanted, at + 1);
        }
        return at;
    }
}
