package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.ListenerTls.Version;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.Authority.Issued;
import dev.sallyport.relay.rig.Authority.Secrets;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Said;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import org.junit.jupiter.api.Test;

/** Whatever peers do, it is counted and not logged: else anybody could fill the log. */
class HostileTest {
    private static final int ROUNDS = 300;

    private static void attack(Wire wire, String bytes, int how) {
        try {
            switch (how % 4) {
                case 0 -> wire.send(bytes).endOutput().readAll();
                case 1 -> wire.send(bytes).close();
                case 2 -> wire.send(bytes).reset();
                default -> {
                    int cut = bytes.length() / 2;
                    wire.send(bytes.substring(0, cut))
                            .send(bytes.substring(cut))
                            .endOutput();
                    wire.hasNext();
                    wire.reset();
                }
            }
        } catch (UncheckedIOException e) {
            // the relay hung up
        }
    }

    private static List<String> requests(Random random) {
        List<String> all = new ArrayList<>(SmugglingTest.hostile().values());
        all.add("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + "x".repeat(500));
        all.add("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\u0000".repeat(100));
        all.add("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
        all.add("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n");
        all.add("\u0005\u0001\u0000");
        all.add("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(100_000));
        all.add("GET /" + "x".repeat(100_000));
        all.add("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(1000) + "\r\n");
        all.add("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000));
        for (int i = 0; i < ROUNDS; i++) {
            all.add(frames(random));
            byte[] bytes = new byte[random.nextInt(2000)];
            random.nextBytes(bytes);
            String line = i % 2 == 0 ? "" : "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            all.add(line + new String(bytes, StandardCharsets.ISO_8859_1));
        }
        return all;
    }

    /** HTTP/2 that begins well and goes on at random. */
    private static String frames(Random random) {
        StringBuilder all = new StringBuilder("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
        for (int frame = 0; frame < 20; frame++) {
            int length = random.nextInt(40);
            all.append("\0\0").append((char) length);
            all.append((char) random.nextInt(12)).append((char) random.nextInt(64));
            all.append("\0\0\0").append((char) random.nextInt(6));
            for (int i = 0; i < length; i++) {
                all.append((char) random.nextInt(256));
            }
        }
        return all.toString();
    }

    @Test
    void clientsOfTlsAreCountedAndNotLogged() throws Exception {
        Authority authority = new Authority("authority");
        Issued shop = authority.issue("shop.example");
        String hello = "\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000";
        Random random = new Random(9);
        try (Said said = new Said();
                Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .reverse(origin)
                        .tls(new ListenerTls(List.of("shop"), Version.TLS_1_2, List.of("h2", "http/1.1"), null))
                        .secrets(new Secrets().certificate("shop", shop).bundle())
                        .start()) {
            for (int i = 0; i < ROUNDS; i++) {
                byte[] bytes = new byte[random.nextInt(1000)];
                random.nextBytes(bytes);
                String noise = new String(bytes, StandardCharsets.ISO_8859_1);
                attack(rig.connect(), i % 3 == 0 ? noise : i % 3 == 1 ? hello + noise : noise.substring(0, 0), i);
            }
            for (int i = 0; i < 20; i++) {
                Authority trusted = i % 2 == 0 ? authority : new Authority("another");
                try (Wire client = Wire.to(rig.server().addresses().get("web"), Authority.context(trusted), usual -> {
                    usual.setServerNames(List.of(new SNIHostName("shop.example")));
                    return usual;
                })) {
                    attack(client, "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n", 2 + i % 2);
                }
            }
            Await.until("all are gone", () -> rig.metric("sallyport_connections_active{role=\"reverse\"}") == 0);
            assertThat(said.all()).isEmpty();
        }
    }

    @Test
    void clientsAreCountedAndNotLogged() throws Exception {
        try (Said said = new Said();
                Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).forward().start()) {
            int how = 0;
            for (String request : requests(new Random(7))) {
                for (String listener : new String[] {"web", "proxy"}) {
                    attack(rig.connect(listener), request, how++);
                }
                attack(
                        rig.connect("proxy"),
                        request.replaceFirst("(GET|POST) /", "CONNECT " + origin.authority()),
                        how);
            }
            try (Wire client = rig.connect("web")) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
            Await.until(
                    "all are gone",
                    () -> rig.metric("sallyport_connections_active{role=\"reverse\"}") == 0
                            && rig.metric("sallyport_connections_active{role=\"forward\"}") == 0);
            assertThat(rig.metrics().text()).contains("fault=\"malformed_");
            assertThat(said.all()).isEmpty();
        }
    }

    @Test
    void originsAreNotLoggedEither() throws Exception {
        Random random = new Random(8);
        List<String> answers = new ArrayList<>(List.of(
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
                "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhe",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n".repeat(100),
                "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(10_000) + "\r\n",
                "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000),
                "HTTP/3 200\r\n\r\n"));
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextInt(1000)];
            random.nextBytes(bytes);
            answers.add((i % 2 == 0 ? "" : "HTTP/1.1 200 OK\r\n") + new String(bytes, StandardCharsets.ISO_8859_1));
        }
        try (Said said = new Said();
                Origin origin = Origin.scripted((wire, number) -> {
                    try {
                        wire.readHead();
                        wire.send(answers.get(number % answers.size()));
                        if (number % 3 == 0) {
                            wire.reset();
                        }
                    } catch (UncheckedIOException e) {
                        // the relay hung up
                    }
                });
                Rig rig = Rig.setup().reverse(origin).start()) {
            while (origin.accepted() < answers.size()) {
                try (Wire client = rig.connect()) {
                    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                    client.hasNext();
                }
            }
            assertThat(said.all()).isEmpty();
        }
    }
}
