package dev.sallyport.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The settings of the origin and of all who are measured: one core, kept connections to the origin, no log, no cache, the
 * same certificate.
 *
 * @param folder for their files
 * @param root of the checkout
 */
record Settings(Path folder, Path root, Ports ports) {
    /** Where each is reached. */
    record Ports(
            int origin,
            int nginx,
            int nginxTls,
            int nginxTcp,
            int haproxy,
            int haproxyTls,
            int haproxyTcp,
            int relay,
            int relayTls,
            int relayForward,
            int relayTcp,
            int relayAdmin,
            int squid,
            int tinyproxy,
            int sidecar,
            int sidecarForward,
            int sidecarAdmin) {}

    private static final String LIMITS =
            "{\"connections\":0,\"connectionsPerAddress\":0,\"headerBytes\":32768,\"requestBodyBytes\":0,"
                    + "\"headerTimeout\":\"10s\",\"bodyMinRate\":500,\"idleTimeout\":\"1m\"}";

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    /** The origin: nginx, as it takes the least time of its own. */
    List<String> origin() throws IOException {
        Files.writeString(folder.resolve("small"), "x".repeat(100));
        Files.writeString(folder.resolve("medium"), "x".repeat(16 << 10));
        try (var bulk = Files.newOutputStream(folder.resolve("bulk"))) {
            byte[] mebibyte = new byte[1 << 20];
            for (int written = 0; written < 1024; written++) {
                bulk.write(mebibyte);
            }
        }
        return nginx("origin", """
                server {
                  listen 127.0.0.1:%d backlog=4096 reuseport;
                  root %s;
                  keepalive_requests 1000000000;
                  location = /100 { try_files /small =404; }
                  location = /16k { try_files /medium =404; }
                }
                """.formatted(ports.origin(), folder), "");
    }

    List<String> nginx() throws IOException {
        return nginx("nginx", """
                upstream origin { server 127.0.0.1:%1$d; keepalive 512; keepalive_requests 1000000000; }
                server {
                  listen 127.0.0.1:%2$d backlog=4096;
                  listen 127.0.0.1:%3$d ssl http2 backlog=4096;
                  ssl_certificate %4$s/tls.crt;
                  ssl_certificate_key %4$s/tls.key;
                  ssl_session_cache shared:tls:10m;
                  keepalive_requests 1000000000;
                  http2_max_requests 1000000000;
                  location / {
                    proxy_pass http://origin;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For $remote_addr;
                    proxy_set_header X-Forwarded-Proto $scheme;
                  }
                }
                """.formatted(ports.origin(), ports.nginx(), ports.nginxTls(), folder), """
                stream {
                  server { listen 127.0.0.1:%d; proxy_pass 127.0.0.1:%d; }
                }
                """.formatted(
                        ports.nginxTcp(), ports.origin()));
    }

    private List<String> nginx(String name, String http, String more) throws IOException {
        Path stream = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
        String modules = Files.exists(stream) ? "load_module " + stream + ";" : "";
        String path = file(name + ".conf", """
                daemon off;
                user root;
                worker_processes 1;
                pid %1$s/%2$s.pid;
                error_log stderr crit;
                %5$s
                events { worker_connections 4000; }
                http {
                  access_log off;
                  sendfile on;
                  tcp_nopush on;
                  client_body_temp_path %1$s/%2$s-body;
                  proxy_temp_path %1$s/%2$s-proxy;
                  fastcgi_temp_path %1$s/%2$s-fastcgi;
                  uwsgi_temp_path %1$s/%2$s-uwsgi;
                  scgi_temp_path %1$s/%2$s-scgi;
                  %3$s
                }
                %4$s
                """.formatted(folder, name, http, more, modules));
        return List.of("nginx", "-p", folder.toString(), "-e", "stderr", "-c", path);
    }

    List<String> haproxy() throws IOException {
        Files.writeString(
                folder.resolve("haproxy.pem"),
                Files.readString(folder.resolve("tls.crt")) + Files.readString(folder.resolve("tls.key")));
        String path = file("haproxy.cfg", """
                global
                  nbthread 1
                  maxconn 4000
                  tune.ssl.default-dh-param 2048
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                frontend plain
                  bind 127.0.0.1:%d backlog 4096
                  option forwardfor
                  default_backend origin
                frontend tls
                  bind 127.0.0.1:%d ssl crt %s/haproxy.pem alpn h2,http/1.1 backlog 4096
                  option forwardfor
                  default_backend origin
                backend origin
                  http-reuse safe
                  server origin 127.0.0.1:%d
                listen tcp
                  mode tcp
                  option splice-auto
                  bind 127.0.0.1:%d
                  server origin 127.0.0.1:%d
                """.formatted(
                ports.haproxy(), ports.haproxyTls(), folder, ports.origin(), ports.haproxyTcp(), ports.origin()));
        return List.of("haproxy", "-db", "-f", path);
    }

    List<String> squid() throws IOException {
        String path = file("squid.conf", """
                http_port 127.0.0.1:%d
                acl CONNECT method CONNECT
                http_access allow all
                cache deny all
                access_log none
                cache_log /dev/null
                pid_filename %s/squid.pid
                coredump_dir %s
                pinger_enable off
                shutdown_lifetime 0 seconds
                """.formatted(ports.squid(), folder, folder));
        return List.of("squid", "-N", "-f", path);
    }

    List<String> tinyproxy() throws IOException {
        String path = file("tinyproxy.conf", """
                Port %d
                Listen 127.0.0.1
                Timeout 60
                MaxClients 1000
                LogLevel Critical
                Allow 127.0.0.1
                """.formatted(ports.tinyproxy()));
        return List.of("tinyproxy", "-d", "-c", path);
    }

    /** The relay with the options that its image has. */
    List<String> relay() throws IOException {
        Path config = Files.createDirectories(folder.resolve("relay"));
        Files.copy(folder.resolve("tls.crt"), config.resolve("bench.tls.crt"));
        Files.copy(folder.resolve("tls.key"), config.resolve("bench.tls.key"));
        String reverse = "\"role\":\"REVERSE\",\"policy\":\"bench/web\",\"limits\":" + LIMITS;
        Files.writeString(config.resolve("relay.json"), """
                {"format": 1, "loops": 1, "admin": {"address": "127.0.0.1", "port": %3$d},
                 "listeners": [
                  {"name": "plain", "address": "127.0.0.1", "port": %1$d, "publicPort": 80, "protocols": ["HTTP"], %5$s},
                  {"name": "tls", "address": "127.0.0.1", "port": %6$d, "publicPort": 443, "protocols": ["HTTP"], %5$s,
                   "tls": {"certificates": ["bench.tls"], "minVersion": "TLS_1_2", "alpn": ["h2", "http/1.1"]}},
                  {"name": "tcp", "address": "127.0.0.1", "port": %7$d, "publicPort": 5432, "protocols": ["TCP"],
                   "role": "REVERSE", "policy": "bench/tcp", "limits": %8$s},
                  {"name": "forward", "address": "127.0.0.1", "port": %2$d, "publicPort": 3128, "role": "FORWARD",
                   "policy": "bench/egress", "protocols": ["HTTP", "CONNECT"], "limits": %8$s}],
                 "forwards": [{"name": "bench/egress", "mode": "ENFORCE", "rules": [{"name": "allow[0]", "action": "ALLOW",
                  "mode": "ENFORCE", "hosts": ["*"], "ports": [%4$d]}], "guards": {"privateRanges": true, "except": ["127.0.0.0/8:%4$d"]},
                  "connectPorts": [%4$d], "disclosure": "ANONYMOUS", "connectTimeout": "5s", "responseTimeout": "0s",
                  "idleTimeout": "5m", "lifetime": "1h"}],
                 "reverses": [
                  {"name": "bench/tcp", "rules": [{"name": "tcp", "backends": [{"cluster": "tcp", "weight": 1}],
                   "requestTimeout": "0s", "backendTimeout": "0s", "retry": {"attempts": 0}}]},
                  {"name": "bench/web", "rules": [{"name": "web", "backends": [{"cluster": "origin", "weight": 1}],
                   "requestTimeout": "30s", "backendTimeout": "0s", "retry": {"attempts": 1}}]}],
                 "clusters": [
                  {"id": "origin", "endpoints": {"from": "fixed", "endpoints": [{"address": "127.0.0.1", "port": %4$d}]},
                   "balancing": "LEAST_REQUEST", "connectTimeout": "1s"},
                  {"id": "tcp", "endpoints": {"from": "fixed", "endpoints": [{"address": "127.0.0.1", "port": %4$d}]},
                   "balancing": "LEAST_REQUEST", "connectTimeout": "1s", "protocol": "TCP"}],
                 "telemetry": {"accessLog": "NONE"}, "drain": {"delay": "0s", "grace": "1s"}, "secrets": "%9$s"}
                """.formatted(
                        ports.relay(),
                        ports.relayForward(),
                        ports.relayAdmin(),
                        ports.origin(),
                        reverse,
                        ports.relayTls(),
                        ports.relayTcp(),
                        LIMITS,
                        revision(Map.of("bench.tls.crt", "tls.crt", "bench.tls.key", "tls.key"))));
        return relay(config, ports.relayAdmin());
    }

    /** A relay as it is beside an application, of both roles: before the other relay, so that a request to it takes two hops. */
    List<String> sidecar() throws IOException {
        Path config = Files.createDirectories(folder.resolve("sidecar"));
        Files.writeString(config.resolve("relay.json"), """
                {"format": 1, "loops": 1, "admin": {"address": "127.0.0.1", "port": %3$d},
                 "listeners": [
                  {"name": "in", "address": "127.0.0.1", "port": %1$d, "publicPort": 80, "protocols": ["HTTP"],
                   "role": "REVERSE", "policy": "bench/guard", "limits": %5$s},
                  {"name": "out", "address": "127.0.0.1", "port": %2$d, "publicPort": 15728, "protocols": ["HTTP", "CONNECT"],
                   "role": "FORWARD", "policy": "bench/egress", "limits": %5$s}],
                 "forwards": [{"name": "bench/egress", "mode": "ENFORCE", "rules": [{"name": "allow[0]", "action": "ALLOW",
                  "mode": "ENFORCE", "hosts": ["example.com"], "ports": [443]}], "guards": {"privateRanges": true},
                  "connectPorts": [443], "disclosure": "ANONYMOUS", "connectTimeout": "5s", "responseTimeout": "0s",
                  "idleTimeout": "5m", "lifetime": "1h"}],
                 "reverses": [{"name": "bench/guard", "rules": [{"name": "web", "backends": [{"cluster": "next", "weight": 1}],
                   "requestTimeout": "30s", "backendTimeout": "0s", "retry": {"attempts": 1}}]}],
                 "clusters": [{"id": "next", "endpoints": {"from": "fixed", "endpoints": [{"address": "127.0.0.1", "port": %4$d}]},
                   "balancing": "LEAST_REQUEST", "connectTimeout": "1s"}],
                 "telemetry": {"accessLog": "NONE"}, "drain": {"delay": "0s", "grace": "1s"}}
                """.formatted(
                        ports.sidecar(), ports.sidecarForward(), ports.sidecarAdmin(), ports.relay(), LIMITS));
        return relay(config, ports.sidecarAdmin());
    }

    private List<String> relay(Path config, int admin) {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:MaxRAM=256m",
                "-XX:MaxRAMPercentage=30",
                "-XX:-UsePerfData",
                "-Dio.netty.allocator.type=pooled",
                "-Dio.netty.leakDetection.level=disabled",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                root.resolve("src/relay/target/lib") + "/*",
                "dev.sallyport.relay.Relay",
                "--admin",
                "127.0.0.1:" + admin,
                "--config",
                config.toString());
    }

    private String revision(Map<String, String> files) throws IOException {
        return SecretRevision.of(folder, files);
    }
}
